/* Packages weigh 7.6 kg to 2.5 t, and a kilogram costs 0.24 to 420: sums get small and large parts, and masses and
 * values fractions of all lengths. Car tyres alone come as PK, which contract 2.10 takes where no type is written. */
#include "workload/catalog.h"

/* Prices are ours, of the right order of magnitude. */
const struct catalog_goods CATALOG_OF_EXIT[CATALOG_EXIT_GOODS] = {
    {"847130", "Portable computers", "笔记本电脑", "CT", 2800, 2150000, "USD"},
    {"851713", "Smartphones", "智能手机", "CT", 9500, 4200000, "USD"},
    {"851762", "Network routers", "网络路由器", "CT", 8200, 640000, "USD"},
    {"852872", "LCD television sets", "液晶电视机", "CT", 16500, 187500, "USD"},
    {"854143", "Photovoltaic modules", "光伏组件", "PX", 760000, 31200, "USD"},
    {"850760", "Lithium-ion batteries", "锂离子蓄电池", "CT", 24000, 148000, "USD"},
    {"850440", "Power adapters", "电源适配器", "CT", 12400, 131250, "USD"},
    {"847330", "Computer parts", "计算机零件", "CT", 11800, 512500, "USD"},
    {"847150", "Processing units", "数据处理部件", "CT", 14200, 963000, "USD"},
    {"841510", "Wall air conditioners", "壁挂式空调器", "CT", 41500, 62400, "USD"},
    {"841821", "Household refrigerators", "家用冰箱", "CT", 68000, 45600, "USD"},
    {"845011", "Washing machines", "洗衣机", "CT", 63500, 41200, "USD"},
    {"851660", "Electric ovens", "电烤箱", "CT", 17600, 53800, "EUR"},
    {"851679", "Small kitchen appliances", "小家电", "CT", 9800, 74500, "EUR"},
    {"940161", "Upholstered wooden chairs", "软垫木椅", "PX", 22500, 38400, "EUR"},
    {"940360", "Wooden furniture", "木家具", "PX", 48000, 29700, "EUR"},
    {"950300", "Toys", "玩具", "CT", 9100, 87300, "USD"},
    {"640419", "Textile shoes", "布面鞋", "CT", 11600, 142500, "USD"},
    {"610910", "Cotton T-shirts", "棉制T恤衫", "CT", 13200, 168000, "USD"},
    {"620342", "Men's cotton trousers", "男式棉长裤", "CT", 15400, 176250, "USD"},
    {"420292", "Travel bags", "旅行包", "CT", 12100, 95800, "USD"},
    {"630790", "Made-up textile articles", "纺织制品", "BL", 38500, 68200, "USD"},
    {"550320", "Polyester staple fibre", "涤纶短纤", "BL", 320000, 11850, "USD"},
    {"870899", "Parts for motor vehicles", "汽车零件", "CT", 21800, 73600, "EUR"},
    {"870829", "Vehicle body parts", "车身零件", "PX", 54000, 66900, "EUR"},
    {"870380", "Electric cars", "纯电动汽车", "UNT", 1850000, 118500, "USD"},
    {"401110", "Car tyres", "轿车轮胎", "PK", 10200, 33450, "USD"},
    {"848180", "Valves and taps", "阀门及龙头", "CT", 23600, 112750, "EUR"},
    {"848210", "Ball bearings", "滚珠轴承", "CT", 27400, 84600, "EUR"},
    {"841391", "Parts of pumps", "泵用零件", "CT", 26300, 91400, "EUR"},
    {"843149", "Parts of excavators", "挖掘机零件", "PX", 410000, 47300, "USD"},
    {"847989", "Machines with own function", "专用机器", "UNT", 1240000, 128000, "USD"},
    {"853710", "Electric control panels", "电气控制柜", "PX", 86000, 213500, "EUR"},
    {"730890", "Steel structures", "钢结构件", "PX", 1150000, 17850, "USD"},
    {"732690", "Articles of iron or steel", "钢铁制品", "PX", 240000, 28650, "USD"},
    {"830241", "Fittings for buildings", "建筑用五金件", "CT", 22700, 51950, "EUR"},
    {"392690", "Plastic articles", "塑料制品", "CT", 10900, 43200, "USD"},
    {"690721", "Ceramic tiles", "瓷砖", "PX", 980000, 6150, "USD"},
    {"691010", "Ceramic wash basins", "陶瓷洗面盆", "CT", 31200, 19480, "USD"},
    {"200290", "Tomato paste", "番茄酱", "DR", 228000, 8925, "USD"},
};

/* Much of it is raw material, in packages of a tonne and more and at less than one a kilogram: so sums of the two
 * directions are of different sizes. */
const struct catalog_goods CATALOG_OF_ENTRY[CATALOG_ENTRY_GOODS] = {
    {"440711", "Sawn pine", "松木板材", "BE", 1420000, 2880, "USD"},
    {"440712", "Sawn fir and spruce", "云杉板材", "BE", 1380000, 2765, "USD"},
    {"440799", "Sawn birch", "桦木板材", "BE", 1310000, 3540, "USD"},
    {"470321", "Bleached softwood pulp", "漂白针叶木浆", "BL", 250000, 7140, "USD"},
    {"480100", "Newsprint in rolls", "新闻纸", "RO", 820000, 6325, "USD"},
    {"220421", "Wine in bottles", "瓶装葡萄酒", "CT", 9200, 58900, "EUR"},
    {"040210", "Skimmed milk powder", "脱脂奶粉", "BG", 25000, 30250, "EUR"},
    {"190110", "Infant formula", "婴幼儿配方奶粉", "CT", 8400, 142600, "EUR"},
    {"020230", "Frozen boneless beef", "冻去骨牛肉", "CT", 24500, 52300, "USD"},
    {"020329", "Frozen pork", "冻猪肉", "CT", 22800, 24850, "EUR"},
    {"100199", "Wheat", "小麦", "BG", 1000000, 2460, "USD"},
    {"110100", "Wheat flour", "小麦粉", "BG", 50000, 3325, "USD"},
    {"120190", "Soya beans", "大豆", "BG", 1000000, 4780, "USD"},
    {"150790", "Refined soya-bean oil", "精制豆油", "DR", 190000, 9640, "USD"},
    {"180632", "Chocolate bars", "巧克力", "CT", 7600, 61500, "EUR"},
    {"870323", "Passenger cars", "小轿车", "UNT", 1780000, 241500, "EUR"},
    {"870322", "Small passenger cars", "小排量轿车", "UNT", 1320000, 163000, "EUR"},
    {"740311", "Copper cathodes", "精炼铜阴极", "BE", 2480000, 61275, "USD"},
    {"760110", "Aluminium ingots", "铝锭", "BE", 1010000, 17950, "USD"},
    {"260300", "Copper concentrate", "铜精矿", "BG", 1500000, 14300, "USD"},
    {"310420", "Potassium chloride", "氯化钾", "BG", 1000000, 2380, "USD"},
    {"390120", "High-density polyethylene", "高密度聚乙烯", "BG", 25000, 10150, "USD"},
    {"390210", "Polypropylene granules", "聚丙烯颗粒", "BG", 25000, 10475, "USD"},
    {"300490", "Medicines", "药品", "CT", 11300, 1945000, "EUR"},
    {"330499", "Skin care products", "护肤品", "CT", 8900, 386500, "EUR"},
    {"841989", "Process equipment", "温度处理设备", "PX", 680000, 214000, "EUR"},
    {"844399", "Parts of printing machines", "印刷机零件", "PX", 95000, 328500, "EUR"},
    {"901890", "Medical instruments", "医疗仪器", "CT", 13700, 1412500, "EUR"},
};

/* Aerosols are not among them: what a scan finds must never be declared by chance (contract 5.17). */
const struct catalog_un CATALOG_OF_UN[CATALOG_UN_NUMBERS] = {
    {"3480", "9"}, {"3481", "9"}, {"1266", "3"}, {"1263", "3"},
    {"3077", "9"}, {"1993", "3"}, {"3363", "9"}, {"1133", "3"},
};
const struct catalog_un CATALOG_AEROSOLS = {"1950", "2.1"};

/* As customs published it: 2.4 t of it in a container, undeclared. */
const struct catalog_goods CATALOG_SPRAY = {"330749", "Fragrance spray", "香薰喷雾", "CT", 8000, 96500, "USD"};

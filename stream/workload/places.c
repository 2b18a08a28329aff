/* Coordinates are to a minute of arc, which is plenty: what is told of a container is scattered around them. Local
 * names bring letters of two and three bytes into the texts. */
#include "workload/places.h"

#include <stddef.h>

const struct place PLACES_OF_PORTS[PORT_COUNT] = {
    [PORT_ALASHANKOU] = {"CNAKL", "Alashankou", "阿拉山口", 45183000, 82433000},
    [PORT_HORGOS] = {"CNHRS", "Horgos", "霍尔果斯", 44050000, 80833000},
    [PORT_ERENHOT] = {"CNERC", "Erenhot", "二连浩特", 43633000, 111967000},
    [PORT_MANZHOULI] = {"CNMLX", "Manzhouli", "满洲里", 49583000, 117383000},
    [PORT_SUIFENHE] = {"CNSFH", "Suifenhe", "绥芬河", 44417000, 131183000},
};

const char *const PLACES_BEHIND[PORT_COUNT] = {
    [PORT_ALASHANKOU] = "KZ", [PORT_HORGOS] = "KZ",   [PORT_ERENHOT] = "MN",
    [PORT_MANZHOULI] = "RU",  [PORT_SUIFENHE] = "RU",
};

const struct place PLACES_OF_CHINA[PLACES_CHINA] = {
    {"CNXIA", "Xi'an", "西安", 34283000, 108950000},     {"CNCQI", "Chongqing", "重庆", 29583000, 106550000},
    {"CNCDU", "Chengdu", "成都", 30667000, 104067000},   {"CNZGZ", "Zhengzhou", "郑州", 34767000, 113667000},
    {"CNNHN", "Wuhan", "武汉", 30583000, 114283000},     {"CNYIU", "Yiwu", "义乌", 29300000, 120067000},
    {"CNHFI", "Hefei", "合肥", 31867000, 117283000},     {"CNCSH", "Changsha", "长沙", 28200000, 112983000},
    {"CNGGZ", "Guangzhou", "广州", 23133000, 113233000}, {"CNDGG", "Dongguan", "东莞", 23033000, 113717000},
    {"CNSHY", "Shenyang", "沈阳", 41800000, 123417000},  {"CNDAL", "Dalian", "大连", 38917000, 121600000},
    {"CNTNJ", "Tianjin", "天津", 39033000, 117200000},   {"CNSJZ", "Shijiazhuang", "石家庄", 38033000, 114500000},
    {"CNLAZ", "Lanzhou", "兰州", 36067000, 103850000},   {"CNULZ", "Urumqi", "乌鲁木齐", 43817000, 87600000},
    {"CNQIN", "Qingdao", "青岛", 36050000, 120317000},   {"CNLYI", "Linyi", "临沂", 35050000, 118333000},
    {"CNXAM", "Xiamen", "厦门", 24450000, 118100000},    {"CNSGH", "Shanghai", "上海", 31233000, 121483000},
    {"CNHRN", "Harbin", "哈尔滨", 45733000, 126600000},  {"CNGYA", "Guiyang", "贵阳", 26583000, 106700000},
    {"CNGZH", "Ganzhou", "赣州", 25850000, 114933000},   {"CNCGC", "Changchun", "长春", 43900000, 125317000},
    {"CNLYA", "Luoyang", "洛阳", 34667000, 112433000},   {"CNHHH", "Hohhot", "呼和浩特", 40800000, 111683000},
    {"CNNTG", "Nantong", "南通", 32017000, 120850000},   {"CNNBO", "Ningbo", "宁波", 29867000, 121550000},
    {"CNHAZ", "Hangzhou", "杭州", 30267000, 120167000},
};

const struct place PLACES_OF_ABROAD[PLACES_ABROAD] = {
    {"DEDUI", "Duisburg", "Duisburg", 51467000, 6750000},
    {"DEHAM", "Hamburg", "Hamburg", 53517000, 9933000},
    {"DENUE", "Nuremberg", "Nürnberg", 49433000, 11067000},
    {"DEMHG", "Mannheim", "Mannheim", 49483000, 8450000},
    {"DENSS", "Neuss", "Neuss", 51183000, 6700000},
    {"PLMAA", "Malaszewicze", "Małaszewicze", 52033000, 23517000},
    {"PLSAW", "Slawkow", "Sławków", 50300000, 19367000},
    {"PLWAW", "Warsaw", "Warszawa", 52250000, 21000000},
    {"NLTLB", "Tilburg", "Tilburg", 51567000, 5083000},
    {"NLRTM", "Rotterdam", "Rotterdam", 51917000, 4500000},
    {"NLVEN", "Venlo", "Venlo", 51367000, 6167000},
    {"BEANR", "Antwerp", "Antwerpen", 51217000, 4417000},
    {"BEGNE", "Ghent", "Gent", 51050000, 3717000},
    {"FRLIO", "Lyon", "Lyon", 45767000, 4850000},
    {"FRPAR", "Paris", "Paris", 48850000, 2350000},
    /* West of Greenwich: the one place with a sign. */
    {"ESZAZ", "Zaragoza", "Zaragoza", 41650000, -883000},
    {"ITTRS", "Trieste", "Trieste", 45650000, 13767000},
    {"HUBUD", "Budapest", "Budapest", 47500000, 19083000},
    {"LVRIX", "Riga", "Rīga", 56950000, 24100000},
    {"LTVNO", "Vilnius", "Vilnius", 54683000, 25283000},
    {"BYMSQ", "Minsk", "Минск", 53900000, 27567000},
    {"BYBQT", "Brest", "Брест", 52100000, 23700000},
    {"RUVRS", "Vorsino", "Ворсино", 55217000, 36633000},
    {"RUYEK", "Yekaterinburg", "Екатеринбург", 56850000, 60600000},
    {"RUKRA", "Krasnoyarsk", "Красноярск", 56017000, 92950000},
    {"KZALA", "Almaty", "Алматы", 43250000, 76950000},
    {"UZTAS", "Tashkent", "Toshkent", 41317000, 69250000},
    {"TRIZT", "Izmit", "İzmit", 40783000, 29950000},
};

enum place_port place_pick_port(struct rng *rng, bool xinjiang) {
    /* In a thousand of all trains. Our estimate from the published shares of west, middle and east; not exact figures.
     */
    static const uint32_t weights[PORT_COUNT] = {405, 342, 95, 140, 18};
    uint32_t all = 0;
    /* Xinjiang's two ports come first in the enumeration, so their weights are the table's beginning. */
    size_t count = xinjiang ? PORT_HORGOS + 1 : PORT_COUNT;
    for (size_t i = 0; i < count; i++) {
        all += weights[i];
    }
    uint64_t drawn = rng_below(rng, all);
    size_t port = 0;
    while (drawn >= weights[port]) {
        drawn -= weights[port++];
    }
    return (enum place_port)port;
}

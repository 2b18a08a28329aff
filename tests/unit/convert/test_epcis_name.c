/* Names in EPCIS events. */
#include <criterion/criterion.h>

#include "convert/epcis_name.h"

#define CONTAINER(epc, wanted) cr_expect(slice_equal(epcis_container(SLICE(epc)), SLICE(wanted)), epc)
#define NO_CONTAINER(epc) cr_expect_null(epcis_container(SLICE(epc)).data, epc)

Test(epcis_name, containers) {
    CONTAINER("urn:epc:id:bic:CSQU3054383", "CSQU3054383");
    CONTAINER("urn:epc:id:bic:CBHU1234567", "CBHU1234567"); /* not regular: it says that it is one */
    CONTAINER("urn:epc:id:grai:4012345.55555.CSQU3054383", "CSQU3054383");
    CONTAINER("https://id.gs1.org/8003/04012345555551CSQU3054383", "CSQU3054383");
    CONTAINER("http://x.example/a/8003/04012345555551CSQU3054383?x=1", "CSQU3054383");
}

Test(epcis_name, other_things) {
    NO_CONTAINER("");
    NO_CONTAINER("CSQU3054383");
    NO_CONTAINER("urn:epc:id:grai:4012345.55555.987");
    NO_CONTAINER("urn:epc:id:grai:4012345.55555.CSQU3054384"); /* its check digit is 3 */
    NO_CONTAINER("urn:epc:id:sscc:0614141.1234567890");
    NO_CONTAINER("https://id.gs1.org/8003/04012345555551");
    NO_CONTAINER("https://id.gs1.org/00/006141411234567890");
}

Test(epcis_name, words) {
    cr_expect(slice_equal(epcis_word(SLICE("loading")), SLICE("loading")));
    cr_expect(slice_equal(epcis_word(SLICE("urn:epcglobal:cbv:bizstep:loading")), SLICE("loading")));
    cr_expect(slice_equal(epcis_word(SLICE("https://ref.gs1.org/cbv/BizStep-loading")), SLICE("loading")));
    cr_expect(slice_equal(epcis_word(SLICE("epcis:ObjectEvent")), SLICE("ObjectEvent")));
}

Test(epcis_name, places) {
    cr_expect(slice_equal(epcis_place(SLICE("https://v.example/unlocode/CNAKL")), SLICE("CNAKL")));
    cr_expect(slice_equal(epcis_place(SLICE("https://v.example/unlcd#CNAKL")), SLICE("CNAKL")));
    cr_expect(slice_equal(epcis_place(SLICE("urn:epc:id:sgln:1.2.0")), SLICE("urn:epc:id:sgln:1.2.0")));
    cr_expect(slice_equal(epcis_place(SLICE("CNAKL")), SLICE("CNAKL")));
}

Test(epcis_name, positions) {
    struct slice latitude, longitude;
    cr_expect(epcis_geo(SLICE("geo:45.1,-82.5;u=30"), &latitude, &longitude));
    cr_expect(slice_equal(latitude, SLICE("45.1")));
    cr_expect(slice_equal(longitude, SLICE("-82.5")));
    cr_expect(epcis_geo(SLICE("geo:45.1,82.5,300"), &latitude, &longitude));
    cr_expect(slice_equal(longitude, SLICE("82.5")));
    cr_expect_not(epcis_geo(SLICE("geo:45.1"), &latitude, &longitude));
    cr_expect_not(epcis_geo(SLICE("urn:epc:id:sgln:1,2"), &latitude, &longitude));
}

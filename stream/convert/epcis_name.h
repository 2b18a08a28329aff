/* What the names in EPCIS events mean: containers, words of the Core Business Vocabulary, places. Pure. */
#ifndef CARAVAN_CONVERT_EPCIS_NAME_H
#define CARAVAN_CONVERT_EPCIS_NAME_H

#include "base/slice.h"

/* The container that an EPC names: `urn:epc:id:bic:`, or a returnable asset (`urn:epc:id:grai:`, a digital link with
 * the key 8003) whose serial number is a regular container number (contract 1.8); absent for any other. */
struct slice epcis_container(struct slice epc);
/* A word without what may stand in front: loading for `urn:epcglobal:cbv:bizstep:loading`, `cbv:BizStep-loading` and
 * `https://ref.gs1.org/cbv/BizStep-loading`. */
struct slice epcis_word(struct slice name);
/* The part behind the last / : or # of a URI that speaks of UN/LOCODE, else the whole. */
struct slice epcis_place(struct slice id);
/* Takes a `geo:` URI (RFC 5870) apart; false for any other. */
bool epcis_geo(struct slice id, struct slice *latitude, struct slice *longitude);

#endif

/* How a report is asked for. */
#ifndef CARAVAN_REPORT_REPORT_FORM_H
#define CARAVAN_REPORT_REPORT_FORM_H

enum report_form { REPORT_TEXT, REPORT_CSV, REPORT_JSON, REPORT_SVG /* traffic only */ };

#endif

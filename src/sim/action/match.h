/*
 * Filters of list actions, as rows: which parameter is held against which key of a record, and how.
 */
#ifndef CBK_SIM_MATCH_H
#define CBK_SIM_MATCH_H

#include "sim/action/call.h"

enum sim_match_how {
    SIM_SAME,   /* the texts are equal */
    SIM_GLOB,   /* the parameter may hold "*" */
    SIM_AMONG,  /* the parameter is a list; the record's text is in it */
    SIM_FLAG,   /* the booleans are equal; an absent key is false */
    SIM_TAGGED, /* the parameter is Tag.N; the record bears all of them */
    SIM_WITHIN, /* the parameter is Filter.N with CreationStartTime and CreationEndTime */
};

struct sim_match {
    const char *param, *key;
    enum sim_match_how how;
    const char *otherwise; /* the record's text where it has no such key */
    const char *any;       /* a value of the parameter that matches everything, such as "all" */
};

enum { SIM_MOST_MATCHES = 32 };

/* The rows whose parameter a call has: what is left to look at, record after record. */
struct sim_filter {
    struct {
        const struct sim_match *row;
        const json_t *param;
    } active[SIM_MOST_MATCHES];
    size_t count;
};

/* The last row has no param. */
struct sim_filter sim_filter_make(const struct sim_call *call, const struct sim_match *rows);
bool sim_filter_passes(const struct sim_filter *filter, const json_t *record);
/* The same as a sim_keep for sim_page; the context is a filter. */
bool sim_keep_filtered(const struct sim_call *call, const json_t *record, const void *filter);
/* For a single record: does it pass all rows whose parameter the call has? */
bool sim_matches(const struct sim_call *call, const json_t *record, const struct sim_match *rows);
/* Checks Tag.N and Filter.N of the call, as all list actions of ECS do. */
CBK_MUST_CHECK int sim_check_filters(struct sim_call *call);

/* The records of a section that a parameter of ids names, in its order; ids of nothing are passed over. New reference.
 * Without that parameter: the whole section. */
json_t *sim_named(const struct sim_call *call, enum sim_section section, const char *param);

#endif

/* SPDX-License-Identifier: Apache-2.0
 * absence: the sample in C; what it does is told in absence.rs. */
#define VIGIL_ARG_CAP (16 * 1024)
#include "../../c/vigil.h"

enum { HIGH = 1, SILENT = 2 };
enum { SET_HIGH = 1, SET_LOW = 2, SET_SILENCE = 3 };
enum { HIGHEST = 1, LIMITS = 1 };

typedef struct {
    int64_t last; /* time of the last reading, ms; 0 when there was none */
    uint64_t readings;
    uint32_t raised;
    uint32_t silent;
} slot_state;

/* Version 1. */
typedef struct {
    int64_t last;
    uint64_t readings;
} old_state;

VIGIL_POLICY(slot_state, 2)
VIGIL_ON_TICK(slot_state)
VIGIL_ON_MIGRATE(slot_state)
VIGIL_ON_RECONFIGURE(slot_state)

/* The row of a channel is one f64. */
static double limit_of(uint32_t slot, double otherwise) {
    double limit;
    return vigil_lookup(LIMITS, (int64_t)slot, &limit, sizeof limit) == (int32_t)sizeof limit ? limit : otherwise;
}

static void on_reading(slot_state *s, const vigil_reading *r) {
    s->last = r->ts;
    s->readings++;
    if (s->silent != 0) {
        s->silent = 0;
        vigil_clear(r, SILENT, (double)s->readings, vigil_setting(SET_SILENCE));
    }
    if (s->raised != 0 && r->value < vigil_setting(SET_LOW)) {
        s->raised = 0;
        vigil_clear(r, HIGH, r->value, vigil_setting(SET_LOW));
    } else if (s->raised == 0 && r->value >= vigil_setting(SET_LOW)) {
        double limit = limit_of(r->slot, vigil_setting(SET_HIGH));
        if (r->value >= limit) {
            s->raised = 1;
            vigil_raise(r, HIGH, 700, r->value, limit);
            vigil_metric(HIGHEST, r->value);
        }
    }
}

static void on_tick(slot_state *s, const vigil_reading *now) {
    double seconds = (double)(now->ts - s->last) / 1000.0;
    if (s->last != 0 && s->silent == 0 && seconds >= vigil_setting(SET_SILENCE)) {
        s->silent = 1;
        vigil_raise(now, SILENT, 400, seconds, vigil_setting(SET_SILENCE));
    }
}

static int32_t on_migrate(uint32_t version, const uint8_t *old, uint32_t length, slot_state *slots, uint32_t count) {
    if (version != 1 || length % sizeof(old_state) != 0) {
        return VIGIL_ERROR_STATE;
    }
    const old_state *from = (const old_state *)(const void *)old;
    for (uint32_t slot = 0; slot < count && slot < length / sizeof(old_state); slot++) {
        slots[slot].last = from[slot].last;
        slots[slot].readings = from[slot].readings;
    }
    return VIGIL_OK;
}

static int32_t on_reconfigure(slot_state *s, const double *old) {
    if (vigil_setting(SET_LOW) >= vigil_setting(SET_HIGH)) {
        return VIGIL_ERROR_CONFIG;
    }
    if (vigil_setting(SET_HIGH) != old[SET_HIGH]) {
        s->raised = 0;
    }
    return VIGIL_OK;
}

/* SPDX-License-Identifier: Apache-2.0
 * light: the sample policy in C; what it does is told in light.rs. */
#include "../../c/vigil.h"

enum { HIGH = 1, RISE = 2, UNUSUAL = 3 };
enum { SET_HIGH = 1, SET_LOW = 2, SET_RISE = 3, SET_SIGMAS = 4 };
#define SIGMA_MIN 0.1

typedef struct {
    vigil_ring ring;
    uint64_t raised; /* the code that is raised; 0 when none */
} slot_state;

VIGIL_POLICY(slot_state, 1)

static void on_reading(slot_state *s, const vigil_reading *r) {
    double sigma = vigil_ring_sigma(&s->ring);
    sigma = sigma > SIGMA_MIN ? sigma : SIGMA_MIN;
    double away = (r->value - vigil_ring_mean(&s->ring)) / sigma;
    int unusual = vigil_ring_full(&s->ring) && away >= vigil_setting(SET_SIGMAS);
    vigil_ring_push(&s->ring, r->ts, r->value);
    double rate = vigil_ring_full(&s->ring) ? vigil_ring_rate_per_minute(&s->ring) : 0.0;
    if (s->raised == 0) {
        if (r->value >= vigil_setting(SET_HIGH)) {
            s->raised = HIGH;
            vigil_raise(r, HIGH, 700, r->value, vigil_setting(SET_HIGH));
        } else if (rate >= vigil_setting(SET_RISE)) {
            s->raised = RISE;
            vigil_raise(r, RISE, 600, rate, vigil_setting(SET_RISE));
        } else if (unusual) {
            s->raised = UNUSUAL;
            vigil_raise(r, UNUSUAL, 300, away, vigil_setting(SET_SIGMAS));
        }
    } else if (r->value <= vigil_setting(SET_LOW) && rate < vigil_setting(SET_RISE) && !unusual) {
        vigil_clear(r, (uint16_t)s->raised, vigil_ring_mean(&s->ring), vigil_setting(SET_LOW));
        s->raised = 0;
    }
}

/* @ID@: raises @CODE@_HIGH when a reading is at or above high, and @CODE@_RISE when the last 64 readings rise
 * fast; clears when it is below low again.
 *
 *     ./vigil policy build @ID@                                   compile
 *     ./vigil policy run @ID@/@ID@.wasm --vectors @ID@/vectors.csv      test on the node's engine
 */
#include "vigil.h"

enum { HIGH = 1, RISE = 2 };
enum { SET_HIGH = 1, SET_LOW = 2, SET_RISE = 3 };

/* What the policy remembers of one channel: plain numbers only. It survives restarts, so a change of it is a
 * new state version. */
typedef struct {
    vigil_ring ring;
    uint64_t raised; /* the code that is raised; 0 when none */
} slot_state;

VIGIL_POLICY(slot_state, 1)

static void on_reading(slot_state *s, const vigil_reading *r) {
    vigil_ring_push(&s->ring, r->ts, r->value);
    double rate = vigil_ring_rate_per_minute(&s->ring);
    if (s->raised == 0 && r->value >= vigil_setting(SET_HIGH)) {
        s->raised = HIGH;
        vigil_raise(r, HIGH, 700, r->value, vigil_setting(SET_HIGH));
    } else if (s->raised == 0 && vigil_ring_full(&s->ring) && rate >= vigil_setting(SET_RISE)) {
        s->raised = RISE;
        vigil_raise(r, RISE, 600, rate, vigil_setting(SET_RISE));
    } else if (s->raised != 0 && r->value < vigil_setting(SET_LOW) && rate < vigil_setting(SET_RISE)) {
        vigil_clear(r, (uint16_t)s->raised, r->value, vigil_setting(SET_LOW));
        s->raised = 0;
    }
}

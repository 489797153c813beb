/* SPDX-License-Identifier: Apache-2.0
 *
 * The C SDK of Vigil, one header: the memory regions of ABI v1 (wasm-policies/ABI.md) and the exports
 * around them. A policy is one file:
 *
 *     #include "vigil.h"
 *     typedef struct { vigil_ring ring; uint64_t raised; } slot_state;   // zero is its first state
 *     VIGIL_POLICY(slot_state, 1)                                        // state version, as in the manifest
 *     static void on_reading(slot_state *s, const vigil_reading *r) { ... vigil_raise(r, 1, 700, score, limit); }
 *
 * Behind it, each where it is wanted:
 *
 *     VIGIL_ON_TICK(slot_state)         static void on_tick(slot_state *s, const vigil_reading *now): each bound channel
 *     VIGIL_ON_MIGRATE(slot_state)      static int32_t on_migrate(uint32_t version, const uint8_t *old, uint32_t length,
 *                                       slot_state *slots, uint32_t count): the bound slots; #define VIGIL_ARG_CAP before the
 *                                       header, as many bytes as the old state can have
 *     VIGIL_ON_RECONFIGURE(slot_state)  static int32_t on_reconfigure(slot_state *s, const double *old): each bound channel,
 *                                       vigil_setting() is the new one already
 *
 * Freestanding: no libc, no allocator. The same file compiles natively for unit tests.
 */
#ifndef VIGIL_H
#define VIGIL_H

#include <stddef.h>
#include <stdint.h>

/* Readings a call takes, hazards it can answer with, channels an instance watches, settings (keys 1 to 31). */
#define VIGIL_IN_CAP 512
#define VIGIL_OUT_CAP (4 * VIGIL_IN_CAP)
#define VIGIL_SLOTS 1024
#define VIGIL_SETTINGS 32
/* Bytes of the arg region: for settings, and for the state of older versions. */
#ifndef VIGIL_ARG_CAP
#define VIGIL_ARG_CAP 1024
#endif
#ifndef VIGIL_RING_SIZE
#define VIGIL_RING_SIZE 64
#endif

#define VIGIL_OK 0
#define VIGIL_ERROR_CONFIG (-2)
#define VIGIL_ERROR_STATE (-3)
#define VIGIL_ERROR_INPUT (-4)
#define VIGIL_ERROR_OVERFLOW (-5)
#define VIGIL_ERROR_DENIED (-7)
#define VIGIL_ERROR_NOT_FOUND (-9)

/* idx of a finding that rests on no reading: what a tick finds. */
#define VIGIL_NOT_TIED 0xFFFFFFFFu

#ifdef __wasm__
#define VIGIL_EXPORT(name) __attribute__((export_name(#name)))
#define VIGIL_IMPORT(name) __attribute__((import_module("vigil1"), import_name(#name)))
VIGIL_IMPORT(log) void vigil_log(int32_t level, const char *text, int32_t length);
VIGIL_IMPORT(abort) void vigil_abort(int32_t code, const char *text, int32_t length);
/* A number by an id of the manifest's metrics, which also asks for the capability metric. */
VIGIL_IMPORT(metric) void vigil_metric(int32_t id, double value);
/* Copies a row of a table, by an id of the manifest's lookups, and answers its length, or an error. */
VIGIL_IMPORT(lookup) int32_t vigil_lookup(int32_t table, int64_t key, void *row, int32_t room);
#else
#define VIGIL_EXPORT(name)
#endif

/* One reading. value is finite; ts, in ms, never goes back within a slot; quality 0 good, 1 uncertain. */
typedef struct {
    uint32_t idx;
    uint32_t slot;
    int64_t ts;
    double value;
    uint32_t quality;
} vigil_reading;

typedef struct {
    uint32_t idx;
    uint32_t slot;
    uint16_t kind;
    uint16_t code;
    uint32_t severity;
    double score;
    double value;
    double limit;
    int64_t ts;
} vigil_record;

typedef struct {
    uint32_t count;
    uint32_t flags;
    int64_t now_ms;
    uint64_t first_seq;
    uint32_t cols;
    uint32_t cap;
    int64_t ts[VIGIL_IN_CAP];
    double val[VIGIL_IN_CAP];
    uint32_t slot[VIGIL_IN_CAP];
    uint32_t qual[VIGIL_IN_CAP];
} vigil_input;

typedef struct {
    uint32_t magic, size, in_ptr, in_cap, out_ptr, out_cap, arg_ptr, arg_cap;
    uint32_t state_ptr, state_len, state_ver, cols, out_dropped, reserved[3];
} vigil_layout_words;

static _Alignas(8) vigil_input vigil_in;
static _Alignas(8) vigil_record vigil_out[VIGIL_OUT_CAP];
static _Alignas(8) uint8_t vigil_arg[VIGIL_ARG_CAP];
static _Alignas(8) vigil_layout_words vigil_words;
static double vigil_settings[VIGIL_SETTINGS];
static int32_t vigil_written;

/* The value of a setting of the manifest, by key; the host has filled in defaults. */
static inline double vigil_setting(int key) { return vigil_settings[key]; }

static inline void vigil_push(const vigil_reading *r, uint16_t kind, uint16_t code, uint32_t severity, double score,
                              double limit) {
    if (vigil_written >= VIGIL_OUT_CAP) {
        vigil_words.out_dropped++;
        return;
    }
    vigil_record *record = &vigil_out[vigil_written++];
    record->idx = r->idx;
    record->slot = r->slot;
    record->kind = kind;
    record->code = code;
    record->severity = severity;
    record->score = score;
    record->value = r->value;
    record->limit = limit;
    record->ts = r->ts;
}

/* Severity: below 250 minor, below 500 moderate, below 800 severe, else extreme. */
static inline void vigil_raise(const vigil_reading *r, uint16_t code, uint32_t severity, double score, double limit) {
    vigil_push(r, 1, code, severity, score, limit);
}

static inline void vigil_update(const vigil_reading *r, uint16_t code, uint32_t severity, double score, double limit) {
    vigil_push(r, 2, code, severity, score, limit);
}

static inline void vigil_clear(const vigil_reading *r, uint16_t code, double score, double limit) {
    vigil_push(r, 3, code, 0, score, limit);
}

/* The last VIGIL_RING_SIZE readings of a channel with running sums, made anew each time round. */
typedef struct {
    uint32_t next;
    uint32_t filled;
    double sum;
    double squares;
    int64_t ts[VIGIL_RING_SIZE];
    double value[VIGIL_RING_SIZE];
} vigil_ring;

/* A value beyond +-1e9 is taken as that, so that no sum overflows. */
static inline void vigil_ring_push(vigil_ring *ring, int64_t ts, double value) {
    value = value > 1e9 ? 1e9 : value < -1e9 ? -1e9 : value;
    uint32_t at = ring->next % VIGIL_RING_SIZE;
    if (ring->filled == VIGIL_RING_SIZE) {
        double old = ring->value[at];
        ring->sum -= old;
        ring->squares -= old * old;
    } else {
        ring->filled++;
    }
    ring->ts[at] = ts;
    ring->value[at] = value;
    ring->sum += value;
    ring->squares += value * value;
    ring->next = at + 1;
    if (ring->next == VIGIL_RING_SIZE) {
        ring->next = 0;
        ring->sum = 0.0;
        ring->squares = 0.0;
        for (int i = 0; i < VIGIL_RING_SIZE; i++) {
            ring->sum += ring->value[i];
            ring->squares += ring->value[i] * ring->value[i];
        }
    }
}

static inline int vigil_ring_full(const vigil_ring *ring) { return ring->filled == VIGIL_RING_SIZE; }

/* From the oldest reading to the newest, per minute; 0 while they have the same time. */
static inline double vigil_ring_rate_per_minute(const vigil_ring *ring) {
    if (ring->filled < 2) {
        return 0.0;
    }
    uint32_t newest = (ring->next + VIGIL_RING_SIZE - 1) % VIGIL_RING_SIZE;
    uint32_t oldest = (ring->next + VIGIL_RING_SIZE - ring->filled) % VIGIL_RING_SIZE;
    int64_t span = ring->ts[newest] - ring->ts[oldest];
    return span <= 0 ? 0.0 : (ring->value[newest] - ring->value[oldest]) * 60000.0 / (double)span;
}

static inline double vigil_ring_mean(const vigil_ring *ring) {
    return ring->filled == 0 ? 0.0 : ring->sum / (double)ring->filled;
}

/* Standard deviation of the readings held; 0 while there are none. */
static inline double vigil_ring_sigma(const vigil_ring *ring) {
    if (ring->filled == 0) {
        return 0.0;
    }
    double n = (double)ring->filled;
    double mean = ring->sum / n;
    double variance = ring->squares / n - mean * mean;
    return variance > 0.0 ? __builtin_sqrt(variance) : 0.0;
}

static inline uint32_t vigil_u32(const uint8_t *at) {
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* Flat TLV of vigil_init: u16 key, u16 type (1 = f64), u32 length (8), value. */
static inline int32_t vigil_read_settings(int32_t length) {
    if (length < 0 || length > (int32_t)sizeof vigil_arg || length % 16 != 0) {
        return VIGIL_ERROR_CONFIG;
    }
    for (const uint8_t *at = vigil_arg; at < vigil_arg + length; at += 16) {
        uint32_t head = vigil_u32(at);
        uint32_t key = head & 0xFFFF;
        if (head >> 16 != 1 || key == 0 || key >= VIGIL_SETTINGS) {
            return VIGIL_ERROR_CONFIG;
        }
        union {
            uint64_t bits;
            double value;
        } setting = {(uint64_t)vigil_u32(at + 8) | (uint64_t)vigil_u32(at + 12) << 32};
        vigil_settings[key] = setting.value;
    }
    return VIGIL_OK;
}

/* The exports. SLOT is what a policy remembers of one channel; define on_reading after it. */
#define VIGIL_POLICY(SLOT, STATE_VERSION)                                                                              \
    static _Alignas(8) SLOT vigil_slots[VIGIL_SLOTS];                                                                  \
    static void on_reading(SLOT *s, const vigil_reading *r);                                                           \
    VIGIL_EXPORT(vigil_abi_v1) int32_t vigil_abi_v1(void) { return 0; }                                                \
    VIGIL_EXPORT(vigil_layout) int32_t vigil_layout(void) {                                                            \
        vigil_words.magic = 0x314C4756;                                                                                \
        vigil_words.size = 64;                                                                                         \
        vigil_words.in_ptr = (uint32_t)(uintptr_t)&vigil_in;                                                           \
        vigil_words.in_cap = VIGIL_IN_CAP;                                                                             \
        vigil_words.out_ptr = (uint32_t)(uintptr_t)vigil_out;                                                          \
        vigil_words.out_cap = VIGIL_OUT_CAP;                                                                           \
        vigil_words.arg_ptr = (uint32_t)(uintptr_t)vigil_arg;                                                          \
        vigil_words.arg_cap = sizeof vigil_arg;                                                                        \
        vigil_words.state_ptr = (uint32_t)(uintptr_t)vigil_slots;                                                      \
        vigil_words.state_len = sizeof vigil_slots;                                                                    \
        vigil_words.state_ver = (STATE_VERSION);                                                                       \
        vigil_words.cols = 0xF; /* ts, val, slot, qual */                                                              \
        return (int32_t)(uintptr_t)&vigil_words;                                                                       \
    }                                                                                                                  \
    VIGIL_EXPORT(vigil_init) int32_t vigil_init(int32_t length) { return vigil_read_settings(length); }                \
    VIGIL_EXPORT(vigil_slot) int32_t vigil_slot(int32_t slot, int32_t event) {                                         \
        if (slot < 0 || slot >= VIGIL_SLOTS) {                                                                         \
            return VIGIL_ERROR_OVERFLOW;                                                                               \
        }                                                                                                              \
        uint32_t used = (uint32_t)(slot + 1) * (uint32_t)sizeof(SLOT);                                                 \
        if (event == 1 && (slot == 0 || used > vigil_words.state_len)) {                                               \
            vigil_words.state_len = used;                                                                              \
        }                                                                                                              \
        vigil_slots[slot] = (SLOT){0};                                                                                 \
        return VIGIL_OK;                                                                                               \
    }                                                                                                                  \
    VIGIL_EXPORT(vigil_process) int32_t vigil_process(int32_t n) {                                                     \
        if (n < 0 || n > VIGIL_IN_CAP) {                                                                               \
            return VIGIL_ERROR_INPUT;                                                                                  \
        }                                                                                                              \
        vigil_written = 0;                                                                                             \
        for (int32_t i = 0; i < n; i++) {                                                                              \
            vigil_reading r = {(uint32_t)i, vigil_in.slot[i], vigil_in.ts[i], vigil_in.val[i], vigil_in.qual[i]};      \
            if (r.slot >= VIGIL_SLOTS) {                                                                               \
                return VIGIL_ERROR_INPUT;                                                                              \
            }                                                                                                          \
            if (r.quality < 2) {                                                                                       \
                on_reading(&vigil_slots[r.slot], &r);                                                                  \
            }                                                                                                          \
        }                                                                                                              \
        return vigil_written;                                                                                          \
    }

/* The slots that are bound, from the state region's length. */
#define VIGIL_BOUND(SLOT) (vigil_words.state_len / (uint32_t)sizeof(SLOT))

#define VIGIL_ON_TICK(SLOT)                                                                                            \
    static void on_tick(SLOT *s, const vigil_reading *now);                                                            \
    VIGIL_EXPORT(vigil_tick) int32_t vigil_tick(void) {                                                                \
        vigil_written = 0;                                                                                             \
        for (uint32_t slot = 0; slot < VIGIL_BOUND(SLOT); slot++) {                                                    \
            vigil_reading now = {VIGIL_NOT_TIED, slot, vigil_in.now_ms, 0.0, 0};                                       \
            on_tick(&vigil_slots[slot], &now);                                                                         \
        }                                                                                                              \
        return vigil_written;                                                                                          \
    }

#define VIGIL_ON_MIGRATE(SLOT)                                                                                         \
    static int32_t on_migrate(uint32_t version, const uint8_t *old, uint32_t length, SLOT *slots, uint32_t count);     \
    VIGIL_EXPORT(vigil_migrate) int32_t vigil_migrate(int32_t version, int32_t length) {                               \
        if (length < 0 || length > (int32_t)sizeof vigil_arg) {                                                        \
            return VIGIL_ERROR_STATE;                                                                                  \
        }                                                                                                              \
        return on_migrate((uint32_t)version, vigil_arg, (uint32_t)length, vigil_slots, VIGIL_BOUND(SLOT));             \
    }

#define VIGIL_ON_RECONFIGURE(SLOT)                                                                                     \
    static int32_t on_reconfigure(SLOT *s, const double *old);                                                         \
    VIGIL_EXPORT(vigil_reconfigure) int32_t vigil_reconfigure(int32_t length) {                                        \
        double old[VIGIL_SETTINGS];                                                                                    \
        for (int key = 0; key < VIGIL_SETTINGS; key++) {                                                               \
            old[key] = vigil_settings[key];                                                                            \
        }                                                                                                              \
        int32_t outcome = vigil_read_settings(length);                                                                 \
        for (uint32_t slot = 0; outcome == VIGIL_OK && slot < VIGIL_BOUND(SLOT); slot++) {                             \
            outcome = on_reconfigure(&vigil_slots[slot], old);                                                         \
        }                                                                                                              \
        return outcome;                                                                                                \
    }

#endif

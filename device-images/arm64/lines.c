/*
 * What happens to the lines of the guest's board (gpio-sim), faster than a shell could make it. Runs only in the guest.
 *
 *   lines bounce LINE TIMES SEED SIREN     the contact closes and opens so often, with 5 to 29 edges within 5 ms each time; torn are the
 *                                          edges of those times that the machine held up for longer than a debounce
 *   lines burst LINE PULSES MICROS         pulses; between two edges so long, or with 0 as fast as this goes
 *   lines alarm CALLPOINT SIREN [LINE]     the call point is pulled; with a line amidst pulses of that, as fast as this goes
 *
 * Each prints one line: what it did and what it saw. All lines are open at the beginning and are left so, but for the call point.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MILLI 1000000LL
#define BOUNCE (5 * MILLI)
#define HELD (120 * MILLI)     /* six times the debounce of the trial's site */
#define TORN (15 * MILLI)      /* with a debounce of 20 ms, which a tick of 4 ms may shorten, an edge so late is a change of its own */
#define ALARM_BOUND 60000LL * MILLI

struct line {
    int pull;
    int value;
};

static int opened(const char *name, const char *file, int flags) {
    char path[128];
    snprintf(path, sizeof path, "/run/gpio/%s/%s", name, file);
    int descriptor = open(path, flags);
    if (descriptor < 0) {
        perror(path);
        exit(2);
    }
    return descriptor;
}

static struct line line(const char *name) {
    return (struct line){opened(name, "pull", O_WRONLY), opened(name, "value", O_RDONLY)};
}

static void pull(struct line line, int up) {
    const char *word = up ? "pull-up" : "pull-down";
    if (pwrite(line.pull, word, strlen(word), 0) < 0) {
        perror("pull");
        exit(2);
    }
}

static int is_high(struct line line) {
    char value = 0;
    if (pread(line.value, &value, 1, 0) != 1) {
        perror("value");
        exit(2);
    }
    return value == '1';
}

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000 * MILLI + time.tv_nsec;
}

static void sleep_until(int64_t nanos) {
    struct timespec time = {nanos / (1000 * MILLI), nanos % (1000 * MILLI)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) != 0) {
    }
}

static uint64_t random_state;

/* xorshift64 (Marsaglia, Xorshift RNGs, 2003). */
static uint64_t next_random(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static void bounce(struct line contact, int times, struct line siren) {
    long edges = 0;
    long torn = 0;
    int sounded = 0;
    int was_high = is_high(siren);
    for (int change = 0; change < 2 * times; change++) {
        int closes = change % 2 == 0;
        int count = 5 + 2 * (int)(next_random() % 13);   /* odd, 5 to 29: it ends in the other state */
        int64_t began = now();
        int64_t before = began;
        int is_torn = 0;
        for (int edge = 0; edge < count; edge++) {
            sleep_until(began + BOUNCE * edge / count + (int64_t)(next_random() % (BOUNCE / count)));
            pull(contact, edge % 2 == 0 ? closes : !closes);
            is_torn |= now() - before > TORN;
            before = now();
            edges++;
        }
        torn += is_torn ? count : 0;
        for (int64_t end = before + HELD; now() < end; sleep_until(now() + MILLI)) {
            int high = is_high(siren);
            sounded += high && !was_high;
            was_high = high;
        }
    }
    printf("changes %d edges %ld torn %ld sounded %d\n", 2 * times, edges, torn, sounded);
}

static void burst(struct line contact, long pulses, int64_t apart) {
    int64_t began = now();
    for (long edge = 0; edge < 2 * pulses; edge++) {
        if (apart > 0) {
            sleep_until(now() + apart);   /* whoever is held up does not hurry afterwards */
        }
        pull(contact, edge % 2 == 0);
    }
    printf("edges %ld micros %lld\n", 2 * pulses, (long long)(now() - began) / 1000);
}

/* Looks for the siren every 100 us, or after each edge of the busy line; what it prints is later than the siren by that. */
static void alarm_at(struct line callpoint, struct line siren, const struct line *busy) {
    const long pull_at = 2000;
    long edges = 0;
    int64_t began = now();
    int64_t pulled = 0;
    while (pulled == 0 || !is_high(siren)) {
        if (pulled == 0 && (busy == NULL || edges == pull_at)) {
            pulled = now();
            pull(callpoint, 1);
        }
        if (pulled != 0 && now() - pulled > ALARM_BOUND) {
            printf("edges %ld; the siren is silent after a minute\n", edges);
            exit(1);
        }
        if (busy == NULL) {
            sleep_until(now() + MILLI / 10);
        } else {
            pull(*busy, edges % 2 == 0);
            edges++;
        }
    }
    int64_t latency = now() - pulled;
    if (edges % 2 != 0) {
        pull(*busy, 0);
        edges++;
    }
    printf("edges %ld micros %lld latency %lld\n", edges, (long long)(now() - began) / 1000, (long long)latency / 1000);
}

int main(int count, char **words) {
    if (count == 6 && strcmp(words[1], "bounce") == 0) {
        random_state = strtoull(words[4], NULL, 10) | 1ULL << 63;
        bounce(line(words[2]), atoi(words[3]), line(words[5]));
    } else if (count == 5 && strcmp(words[1], "burst") == 0) {
        burst(line(words[2]), atol(words[3]), atoll(words[4]) * 1000);
    } else if ((count == 4 || count == 5) && strcmp(words[1], "alarm") == 0) {
        struct line busy = count == 5 ? line(words[4]) : (struct line){-1, -1};
        alarm_at(line(words[2]), line(words[3]), count == 5 ? &busy : NULL);
    } else {
        fprintf(stderr, "usage: lines bounce|burst|alarm ...\n");
        return 2;
    }
    return 0;
}

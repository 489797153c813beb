/*
 * The second half of cpu_*.c, the same for every processor. Contract: com.oracle.svm.core.CPUFeatureAccessImpl.
 *
 * The executable carries the features that it needs as a bitwise negated CPUFeatures struct (BUILDTIME_CPU_FEATURE_MASK):
 * where a feature is needed the byte is ~1, elsewhere and in the padding ~0. So have | mask is all ones where nothing is missing.
 */

/* 0: everything is there. Called by CEntryPointSnippets before there is a Java thread. */
int checkCPUFeatures(const uint8_t *needed_negated) {
    CPUFeatures have;
    determineCPUFeatures(&have);
    for (size_t i = 0; i < sizeof have; i++) {
        if ((uint8_t) (((const uint8_t *) &have)[i] | needed_negated[i]) != 0xff) {
            return 1;
        }
    }
    return 0;
}

/* The same, but ends the process with the executable's own message when something is missing. */
int checkCPUFeaturesOrExit(const uint8_t *needed_negated, const char *message) {
    if (checkCPUFeatures(needed_negated) != 0) {
        fprintf(stderr, "%s\n", message);
        exit(1);
    }
    return 0;
}

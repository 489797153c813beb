/**
 * The node tried from outside: as a process, over its own ports, against a real Kafka.
 *
 * <p>{@link dev.vigil.trials.NodeProcess} runs it, {@link dev.vigil.trials.SenderClient} loads it
 * and knows what was acknowledged, {@link dev.vigil.trials.KafkaAudit} reads what arrived. {@link
 * dev.vigil.trials.Demo} and {@link dev.vigil.trials.Bench} are commands for users; the integration
 * tests use the same parts. Nothing here calls the node's classes, so that the same trials run
 * against a native executable.
 */
@NullMarked
package dev.vigil.trials;

import org.jspecify.annotations.NullMarked;

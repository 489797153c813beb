/**
 * The bridge: MQTT on one side, Kafka on the other, any number of instances, nothing remembered.
 *
 * <pre>
 * broker -- $share/vigil/vigil/v1/up/# --> BridgeLink (Paho, MQTT 5) --> Bridge --> channel "blocks" --> vigil.uplink
 *   ^                                        ^------ PUBACK when Kafka has it <-----------'
 *   '------ vigil/v1/ack/NODE/STREAM, retained <-- Bridge <-- channel "acks" <-- vigil.acks
 * </pre>
 *
 * Kafka's side is SmallRye Reactive Messaging; MQTT's is not (decision 0112).
 */
@NullMarked
package dev.vigil.centre.bridge;

import org.jspecify.annotations.NullMarked;

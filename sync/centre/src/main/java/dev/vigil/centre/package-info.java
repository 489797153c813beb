/**
 * The centre's application: command line, settings, topics; the roles are in packages of their own.
 *
 * <pre>
 * Main --> CentreApplication (Quarkus) --> ledger: Ledger (Kafka Streams)
 *      \-> FleetCommand                \-> bridge: MQTT <-> Kafka
 * </pre>
 */
@NullMarked
package dev.vigil.centre;

import org.jspecify.annotations.NullMarked;

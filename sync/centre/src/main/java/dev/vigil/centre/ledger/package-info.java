/**
 * The ledger: every record of every node exactly once, and provably complete.
 *
 * <pre>
 * vigil.uplink --> LedgerProcessor -- UplinkMessage.read --> StreamLedger (pure: state, arrival -> effects)
 *   (blocks)         |   ^                                        |
 *                    |   +-- vigil.losses (a loss of a stream,    +--> vigil.readings, vigil.alarms   one record each
 *                    |       found in its node's ALARM stream)    +--> vigil.gaps, vigil.quarantine
 *                    +-- ten times a second: vigil.acks; every second: vigil.fleet, gaps that stay open
 * </pre>
 *
 * State, output and position are committed in one Kafka transaction (exactly_once_v2).
 */
@NullMarked
package dev.vigil.centre.ledger;

import org.jspecify.annotations.NullMarked;

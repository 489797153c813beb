/**
 * Durable journal and delivery. SenML records go into {@link dev.vigil.forward.Lane}s of a journal,
 * encoded once as {@link dev.vigil.forward.Block}s; a shipper hands the same bytes to an {@link
 * dev.vigil.forward.Uplink} until it says they are {@link dev.vigil.forward.Delivery.Delivered}.
 * Plain Java; knows no sensor, policy or incident.
 */
@NullMarked
package dev.vigil.forward;

import org.jspecify.annotations.NullMarked;

/**
 * Runs a module's functions where nothing can be compiled at run time: a native executable.
 *
 * <p>{@link dev.vigil.policy.machine.RegisterCode} translates every function once, from stack code
 * to register code; {@link dev.vigil.policy.machine.RegisterMachine} executes it for one instance.
 * {@link dev.vigil.policy.machine.FuelPlan} says what the instructions cost, for this machine and
 * for every other. Parsing, validation, instances, tables and globals are Chicory's.
 */
@NullMarked
package dev.vigil.policy.machine;

import org.jspecify.annotations.NullMarked;

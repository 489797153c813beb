package dev.vigil.sensor;

/**
 * One measuring channel as the site configured it: its name, what it measures, and the zone (room,
 * pier, gauge) whose channels are judged together.
 */
public record SensorChannel(SensorId id, Quantity quantity, String zone) {}

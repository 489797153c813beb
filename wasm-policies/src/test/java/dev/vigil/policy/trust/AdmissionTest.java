package dev.vigil.policy.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

final class AdmissionTest {
    private static final Admission.Cost LIGHT = new Admission.Cost(220, 2.5, 20_000);

    @Test
    void admitsWhatFits() {
        var admitted =
                assertInstanceOf(
                        Admission.Admitted.class,
                        Admission.judge("light", LIGHT, new Admission.NodeBudget(0.25, 0.2)));

        assertEquals(0.011, admitted.share(), 1e-12);
        assertEquals(
                "light: 220 instructions a reading x 2.50 ns x 20000 readings/s = 1.10 % of a core;"
                        + " other policies take 20.00 % of the node's 25.00 %",
                admitted.message());
    }

    @Test
    void refusesWhatDoesNotFitBesideTheOthers() {
        assertInstanceOf(
                Admission.TooCostly.class,
                Admission.judge("light", LIGHT, new Admission.NodeBudget(0.25, 0.24)));
        assertInstanceOf(
                Admission.Admitted.class,
                Admission.judge("light", LIGHT, new Admission.NodeBudget(0.25, 0.239)));
    }

    @Test
    void refusesFiguresThatAreNone() {
        assertThrows(IllegalArgumentException.class, () -> new Admission.Cost(Double.NaN, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> new Admission.Cost(1, -1, 1));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Admission.NodeBudget(Double.POSITIVE_INFINITY, 0));
    }
}

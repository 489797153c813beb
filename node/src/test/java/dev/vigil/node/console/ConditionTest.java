package dev.vigil.node.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ConditionTest {
    @Test
    void isArmedWhenEverythingWorks() {
        assertEquals(new Condition(true, List.of(), List.of()), Condition.of(Pictures.calm()));
    }

    @Test
    void staysArmedWithoutALinkAPolicyOrASensorAndNamesThem() {
        Condition condition = Condition.of(Pictures.fire());
        assertTrue(condition.armed());
        assertEquals(
                List.of(
                        "policy heat: TRAP: out of bounds; the built-in rule watches",
                        "link kafka: no broker answers",
                        "lane history: less than an hour of room left",
                        "lane history: 17 records given up",
                        "sensors silent: 1 of 7",
                        "sensors at fault: 1 of 7"),
                condition.degraded());
    }

    @Test
    void isNotArmedWithoutANeededPart() {
        Condition condition =
                Condition.of(
                        Pictures.withParts(
                                Pictures.calm(),
                                new NodeStatus.Part("journal", false, true, "disk full"),
                                new NodeStatus.Part("subscriber", false, false, null)));
        assertFalse(condition.armed());
        assertEquals(List.of("journal: disk full"), condition.missing());
        assertEquals(List.of("subscriber: is not up"), condition.degraded());
    }
}

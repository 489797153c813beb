package dev.vigil.node.site;

/**
 * One thing that is wrong with a site.yaml.
 *
 * @param file its name as the user gave it
 * @param line from 1; 0 when it is about the file as a whole
 * @param path of the value: {@code sensors[2].quantity}; empty for the file as a whole
 * @param text the value and the rule it breaks; never a secret
 */
public record Mistake(String file, int line, String path, String text) {
    /** {@code site.yaml:14: sensors[2].quantity: 'temprature' - ...}. */
    @Override
    public String toString() {
        return file
                + (line == 0 ? "" : ":" + line)
                + ": "
                + (path.isEmpty() ? "" : path + ": ")
                + text;
    }
}

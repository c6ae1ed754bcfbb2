package dev.berth.schemas.config;

import java.util.Map;

/** Variables that several apps and jobs share. */
@Describe("Variables that several apps and jobs share: they take them with envFrom.")
public record EnvGroup(
        @Describe("Name and labels.") Metadata metadata, @Describe("The variables.") Spec spec)
        implements Document {

    /** The variables. */
    public record Spec(
            @Describe(
                            value =
                                    "Variables by name: text, or {fromSecret: name.key}, or {value:"
                                            + " text, at: build}. The env of an app or a job wins"
                                            + " over them, and they win over PORT, HOST, BERTH_APP"
                                            + " and BERTH_URL.",
                            examples = "{LOG_LEVEL: info}")
                    @Matches(
                            pattern = "[A-Za-z_][A-Za-z0-9_]*",
                            says = "a variable name of letters, digits and '_'")
                    @Substituted
                    Map<String, EnvVariable> env) {
        public Spec {
            env = Map.copyOf(env);
        }
    }
}

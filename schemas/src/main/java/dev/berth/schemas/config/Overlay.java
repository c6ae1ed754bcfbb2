package dev.berth.schemas.config;

/** What is different about one document in one environment. */
@Describe(
        "What is different about another document in one environment: the one that"
                + " spec.environment of the Instance names.")
public record Overlay(
        @Describe("Name and labels. Several overlays of one document are laid over it by name.")
                Metadata metadata,
        @Describe("What is different, of what, and where.") Spec spec)
        implements Document {

    /** What is different, of what, and where. */
    public record Spec(
            @Describe(value = "The environment in which it counts.", examples = "staging")
                    @Matches(pattern = Instance.ENVIRONMENT, says = Instance.ENVIRONMENT_SAYS)
                    String environment,
            @Describe("The document that it is laid over.") Target target,
            @Describe(
                            "The change, as a JSON merge patch (RFC 7396) of the whole document:"
                                    + " keys that are given replace, null removes, mappings are"
                                    + " merged, lists are replaced as a whole.")
                    Patch patch) {}

    /** Another document. */
    public record Target(
            @Describe("Its kind.") @Default("App") TargetKind kind,
            @Describe(value = "Its name.", examples = "shop")
                    @Matches(
                            pattern = "[a-z]([a-z0-9-]{0,38}[a-z0-9])?",
                            says = "the name of a document")
                    String name) {
        public ResourceId id() {
            return new ResourceId(Kind.valueOf(kind.name()), name);
        }
    }

    /** The kinds that can be laid over; each is a {@link Kind} of the same name. */
    @Verbatim
    public enum TargetKind {
        App,
        Domain,
        Job,
        EnvGroup,
        Secret,
        Alert,
        @Describe("only its domain and its variables")
        Instance
    }
}

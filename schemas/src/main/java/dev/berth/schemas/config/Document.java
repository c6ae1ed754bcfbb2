package dev.berth.schemas.config;

/**
 * One YAML document of a config repo: {@code apiVersion}, {@code kind}, {@code metadata}, {@code
 * spec}; a Secret has {@code data} in place of the latter.
 */
public sealed interface Document
        permits Instance, App, Domain, SecretDocument, Alert, Job, EnvGroup, Overlay {
    /** The only {@code apiVersion} so far. */
    String API_VERSION = "berth/v1";

    Metadata metadata();

    /** The kind and name that make this document unique in its repo. */
    default ResourceId id() {
        Kind kind =
                switch (this) {
                    case Instance _ -> Kind.Instance;
                    case App _ -> Kind.App;
                    case Domain _ -> Kind.Domain;
                    case SecretDocument _ -> Kind.Secret;
                    case Alert _ -> Kind.Alert;
                    case Job _ -> Kind.Job;
                    case EnvGroup _ -> Kind.EnvGroup;
                    case Overlay _ -> Kind.Overlay;
                };
        return new ResourceId(kind, metadata().name());
    }
}

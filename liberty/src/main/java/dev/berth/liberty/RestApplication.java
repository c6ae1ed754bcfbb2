package dev.berth.liberty;

import jakarta.enterprise.context.Dependent;
import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Set;

/** Every REST resource and provider of control; nothing is found by scanning. */
@Dependent
@ApplicationPath("/")
public final class RestApplication extends Application {
    @Override
    public Set<Class<?>> getClasses() {
        return Set.of(HealthEndpoint.class);
    }
}

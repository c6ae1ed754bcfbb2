package dev.berth.liberty;

import dev.berth.liberty.edge.EdgeEndpoint;
import dev.berth.liberty.health.HealthEndpoint;
import dev.berth.liberty.health.MetricsEndpoint;
import dev.berth.liberty.webhook.WebhookEndpoint;
import dev.berth.webapp.api.AppBuildApi;
import dev.berth.webapp.api.AppCronApi;
import dev.berth.webapp.api.AppLogApi;
import dev.berth.webapp.api.AppReleasesApi;
import dev.berth.webapp.api.AppTrafficApi;
import dev.berth.webapp.api.BuildLogApi;
import dev.berth.webapp.api.BuildsApi;
import dev.berth.webapp.api.DeliveriesApi;
import dev.berth.webapp.api.DiagnosticsApi;
import dev.berth.webapp.api.EventsApi;
import dev.berth.webapp.api.IndexApi;
import dev.berth.webapp.api.JobLogApi;
import dev.berth.webapp.api.PassesApi;
import dev.berth.webapp.api.PlanApi;
import dev.berth.webapp.api.PreviewsApi;
import dev.berth.webapp.api.ResourcesApi;
import dev.berth.webapp.api.SchemasApi;
import dev.berth.webapp.api.WebhooksApi;
import dev.berth.webapp.http.ProblemMapper;
import dev.berth.webapp.http.SecurityHeaders;
import dev.berth.webapp.page.AssetsResource;
import dev.berth.webapp.page.BuildPages;
import dev.berth.webapp.page.DiagnosticsPage;
import dev.berth.webapp.page.HistoryPages;
import dev.berth.webapp.page.Pages;
import dev.berth.webapp.page.PreviewPages;
import dev.berth.webapp.page.ResourcePages;
import dev.berth.webapp.page.WebhookPages;
import dev.berth.webapp.stream.StreamApi;
import jakarta.enterprise.context.Dependent;
import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Set;

/** Every REST resource and provider of control; nothing is found by scanning. */
@Dependent
@ApplicationPath("/")
public class RestApplication extends Application {
    private static final Set<Class<?>> CLASSES =
            Set.of(
                    SecurityHeaders.class,
                    ProblemMapper.class,
                    HealthEndpoint.class,
                    MetricsEndpoint.class,
                    EdgeEndpoint.class,
                    WebhookEndpoint.class,
                    IndexApi.class,
                    ResourcesApi.class,
                    PlanApi.class,
                    PassesApi.class,
                    EventsApi.class,
                    AppLogApi.class,
                    JobLogApi.class,
                    AppCronApi.class,
                    AppBuildApi.class,
                    BuildsApi.class,
                    BuildLogApi.class,
                    DeliveriesApi.class,
                    WebhooksApi.class,
                    PreviewsApi.class,
                    AppReleasesApi.class,
                    AppTrafficApi.class,
                    DiagnosticsApi.class,
                    SchemasApi.class,
                    StreamApi.class,
                    Pages.class,
                    ResourcePages.class,
                    PreviewPages.class,
                    BuildPages.class,
                    WebhookPages.class,
                    HistoryPages.class,
                    DiagnosticsPage.class,
                    AssetsResource.class);

    @Override
    public Set<Class<?>> getClasses() {
        return CLASSES;
    }
}

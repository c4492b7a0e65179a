using Castellan.Kernel;
using Castellan.Kernel.Http;
using Castellan.Platform;
using Castellan.Platform.Storage;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Castellan.Installation;

/// <summary>
/// What the server tells about itself. Section <c>Telemetry</c>. The variables of OpenTelemetry (<c>OTEL_*</c>) are
/// heeded too.
/// </summary>
[Settings("Telemetry")]
internal sealed record TelemetryOptions
{
    /// <summary>
    /// Whether <c>/metrics</c> answers in the Prometheus format, to programs of this machine alone: not through a proxy
    /// and not to pages of a browser. Default true. Where the public address is not of this machine, it must be set:
    /// a proxy here that passes <c>/metrics</c> on looks like a program of this machine.
    /// </summary>
    public bool Metrics { get; init; } = true;

    /// <summary>
    /// Where to send traces and metrics by OTLP (gRPC), for example <c>http://127.0.0.1:4317</c>. Default: nowhere.
    /// </summary>
    public string? Otlp { get; init; }

    /// <summary>The share of requests that begin a trace of their own, 0 to 1. Default 0.1.</summary>
    public double TraceShare { get; init; } = 0.1;

    public Uri? OtlpAddress => Otlp is { Length: > 0 } given
        ? Uri.TryCreate(given, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new UnsafeStartException(
                $"Telemetry:Otlp is '{given}', which is no http address.", "Write http://host:4317.")
        : null;

    public TelemetryOptions Checked() => TraceShare is >= 0 and <= 1
        ? this
        : throw new UnsafeStartException($"Telemetry:TraceShare is {TraceShare}.", "Write a share from 0 to 1.");
}

/// <summary>
/// Metrics and traces by OpenTelemetry; a trace continues one that the request brings (W3C Trace Context).
/// </summary>
internal static class Telemetry
{
    private static readonly string[] Meters = [GateMetrics.MeterName, SqliteWriter.MeterName, "Npgsql"];

    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        var given = configuration.GetSection("Telemetry").Get<TelemetryOptions>() ?? new TelemetryOptions();
        var options = given.Checked();
        services.AddSingleton(options);
        if (!options.Metrics && options.OtlpAddress is null) return services;
        var telemetry = services.AddOpenTelemetry().ConfigureResource(resource =>
            resource.AddService("castellan", serviceVersion: ServerVersion.Text));
        telemetry.WithMetrics(metrics =>
        {
            metrics.AddMeter(Meters).AddRuntimeInstrumentation();
            if (options.Metrics) metrics.AddPrometheusExporter();
            if (options.OtlpAddress is { } address) metrics.AddOtlpExporter(otlp => otlp.Endpoint = address);
        });
        if (options.OtlpAddress is { } collector)
        {
            telemetry.WithTracing(traces => traces
                .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(options.TraceShare)))
                .AddSource(GateMetrics.MeterName)
                .AddAspNetCoreInstrumentation()
                .AddOtlpExporter(otlp => otlp.Endpoint = collector));
        }
        return services;
    }

    public static void UseMetrics(this WebApplication app)
    {
        if (!app.Services.GetRequiredService<TelemetryOptions>().Metrics) return;
        var isChosen = app.Configuration["Telemetry:Metrics"] is not null;
        if (!isChosen && !app.Services.GetRequiredService<PublicAddress>().Base.IsLoopback) return;
        var time = app.Services.GetRequiredService<TimeProvider>();
        app.UseOpenTelemetryPrometheusScrapingEndpoint(context =>
            context.Request.Path == "/metrics" && HttpGateRequest.From(context, time).IsLocal);
    }
}

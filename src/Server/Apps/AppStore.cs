using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Apps;

/// <summary>Every statement about apps and their settings.</summary>
internal sealed class AppStore(IDatabase database)
{
    private const string Preset = "preset:";

    private static readonly Raw Columns = new(
        "id, name, owner, builder, builder_url, model, repository, data_class, state, state_reason, created_at, "
        + "updated_at, version");

    private static readonly Raw WithStop = new("id, name, owner, builder, builder_url, model, repository, data_class, "
        + "state, state_reason, created_at, updated_at, version, stop, stopped_at, stopped_by, stop_reason");

    private static App Read(Row row) => new(
        row.Id<AppKind>(), row.Text(), row.Text(), Wire.Parse<Builder>(row.Text()), row.TextOrNull(), row.TextOrNull(),
        row.TextOrNull(), Wire.Parse<DataClass>(row.Text()), Wire.Parse<AppState>(row.Text()), row.TextOrNull(),
        row.Time(), row.Time(), row.Int64())
    {
        Stop = Stop.Read(row),
    };

    public ValueTask<App?> Find(
        InstallationScope scope, AppId id, IReads? within = null, CancellationToken ct = default) =>
        (within ?? database).One($"select {WithStop} from app where id = {id}", Read, ct);

    /// <summary>As a condition of a Change.</summary>
    public static Sql HasState(InstallationScope scope, AppId id, AppState state) =>
        $"exists (select 1 from app where id = {id} and state = {Wire.Name(state)})";

    public async ValueTask<App> Lock(Change change, InstallationScope scope, AppId id) =>
        await change.One($"select {WithStop} from app where id = {id} {change.ForUpdate}", Read)
        ?? throw new Refusal(GateProblems.NotFound);

    public ValueTask<List<App>> List(
        InstallationScope scope, AppState? state, string? after, long limit, CancellationToken ct)
    {
        var ofState = state is { } wanted ? Sql.Of($"and state = {Wire.Name(wanted)}") : null;
        return database.Many(
            $"select {WithStop} from app where id > {after ?? ""} {ofState} order by id limit {limit}", Read, ct);
    }

    public async ValueTask Insert(Change change, InstallationScope scope, App app)
    {
        try
        {
            await change.Run($"""
                insert into app ({Columns})
                values ({app.Id}, {app.Name}, {app.Owner}, {Wire.Name(app.Builder)}, {app.BuilderUrl}, {app.Model},
                    {app.Repository}, {Wire.Name(app.DataClass)}, {Wire.Name(app.State)}, {app.StateReason},
                    {app.CreatedAt}, {app.UpdatedAt}, {app.Version})
                """);
        }
        catch (UniqueViolationException taken) when (taken.Constraint == "app_name_key")
        {
            throw new Refusal(AppErrors.NameTaken, $"'{app.Name}' is taken.");
        }
    }

    public async ValueTask Update(Change change, InstallationScope scope, App app)
    {
        try
        {
            await change.Run($"""
                update app set name = {app.Name}, owner = {app.Owner}, builder = {Wire.Name(app.Builder)},
                    builder_url = {app.BuilderUrl}, model = {app.Model}, repository = {app.Repository},
                    data_class = {Wire.Name(app.DataClass)}, state = {Wire.Name(app.State)},
                    state_reason = {app.StateReason}, {Stop.Set(app.Stop)}, updated_at = {app.UpdatedAt},
                    version = {app.Version}
                where id = {app.Id}
                """);
        }
        catch (UniqueViolationException taken) when (taken.Constraint == "app_name_key")
        {
            throw new Refusal(AppErrors.NameTaken, $"'{app.Name}' is taken.");
        }
    }

    public ValueTask InsertSettings(
        Change change, InstallationScope scope, AppId app, string environment, bool passwordForms) =>
        change.Queue($"""
            insert into app_environment (app_id, environment_id, password_forms, native, updated_at, version)
            values ({app}, {environment}, {passwordForms}, {true}, {change.Now}, {1L})
            """);

    public async ValueTask<AppEnvironment?> FindSettings(
        InstallationScope scope, AppId app, string environment, IReads? within = null, CancellationToken ct = default)
    {
        var reads = within ?? database;
        var settings = await reads.One(
            $"""
            select s.password_forms, s.native, s.version,
                (select k.publishable from app_key k where k.app_id = s.app_id and k.environment_id = s.environment_id
                    and k.kind = 'publishable' and k.revoked_at is null and k.disabled_at is null
                    and k.expires_at is null and k.origins = '' and k.ip_ranges = '' order by k.id limit 1)
            from app_environment s where s.app_id = {app} and s.environment_id = {environment}
            """,
            row => new AppEnvironment(app, environment, [], [], [], null, row.Bool(), row.Bool(), row.Int64()) with
            {
                PublishableKey = row.TextOrNull(),
            }, ct);
        if (settings is null) return null;
        var origins = await reads.Many(
            $"select origin from app_origin where app_id = {app} and environment_id = {environment} order by origin",
            row => row.Text(), ct);
        var redirects = await reads.Many(
            $"select uri from app_redirect where app_id = {app} and environment_id = {environment} order by uri",
            row => row.Text(), ct);
        return settings with
        {
            Origins = [.. origins.Where(o => !IsPreset(o))],
            OriginPresets = [.. origins.Where(IsPreset).Select(o => o[Preset.Length..])],
            RedirectUris = redirects,
        };
    }

    public async ValueTask UpdateSettings(Change change, InstallationScope scope, AppEnvironment settings)
    {
        var (app, environment) = (settings.AppId, settings.Environment);
        await change.Queue($"""
            update app_environment set password_forms = {settings.PasswordForms}, native = {settings.Native},
                updated_at = {change.Now}, version = {settings.Version}
            where app_id = {app} and environment_id = {environment}
            """);
        await change.Queue($"delete from app_origin where app_id = {app} and environment_id = {environment}");
        await change.Queue($"delete from app_redirect where app_id = {app} and environment_id = {environment}");
        foreach (var origin in settings.Origins.Concat(settings.OriginPresets.Select(name => Preset + name)))
        {
            await change.Queue(
                $"insert into app_origin (app_id, environment_id, origin) values ({app}, {environment}, {origin})");
        }
        foreach (var uri in settings.RedirectUris)
        {
            await change.Queue(
                $"insert into app_redirect (app_id, environment_id, uri) values ({app}, {environment}, {uri})");
        }
    }

    /// <summary>What all apps list, in all environments.</summary>
    public async ValueTask<RegisteredOrigins> ListOrigins(InstallationScope scope, CancellationToken ct)
    {
        var all = await database.Many($"select distinct origin from app_origin", row => row.Text(), ct);
        return new RegisteredOrigins(
            all.Where(o => !IsPreset(o)), all.Where(IsPreset).Select(o => o[Preset.Length..]));
    }

    private static bool IsPreset(string origin) => origin.StartsWith(Preset, StringComparison.Ordinal);
}

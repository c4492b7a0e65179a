using Castellan.Contracts;
using Castellan.Contracts.Rewrites;
using Castellan.Contracts.Rules;
using Castellan.Kernel;
using Castellan.Platform.Cel.Sql;
using Castellan.Platform.Json;
using Castellan.Platform.Storage;
using Castellan.Records.Queries;

namespace Castellan.Records;

/// <summary>
/// Every statement about records. All are within the call's tenant, and its workspace where it names one; those that
/// read carry the rule, so that what a rule hides never leaves the database.
/// </summary>
internal sealed class RecordStore(IDatabase database)
{
    private const string Alias = "r";

    /// <summary>The record, where the read rule lets the caller see it.</summary>
    public async ValueTask<Record?> Find(RecordCall call, string id, RecordColumns columns, CancellationToken ct)
    {
        if (Bind(call, RuleKind.Read) is not { IsNever: false } rule) return null;
        var collection = call.Collection;
        return await database.One(
            $"select {columns.SelectedByKey} from {Rows(call)} and r.id = {id}{And(rule)}",
            row => Single(collection, columns, row), ct);
    }

    /// <summary>
    /// A page, each record written behind the other. One row more is read than it shows, to know whether it ends.
    /// </summary>
    public async ValueTask<Listed> List(RecordCall call, ListQuery query, CancellationToken ct)
    {
        if (Bind(call, RuleKind.List) is not { IsNever: false } rule) return Listed.Empty;
        var output = query.Columns.Output(query.Limit);
        var (count, end) = (0, (string?)null);
        output.Raw("["u8);
        await database.Many(
            $"""
            select {query.Columns.Selected}{query.Sort.Columns}, r."id" from {Rows(call)}{And(rule)}{query.Filter}
            {query.After} {query.Sort.OrderBy} limit {query.Limit + 1}
            """,
            row =>
            {
                if (count++ == query.Limit) return 0;
                if (count > 1) output.Raw(","u8);
                query.Columns.Write(row, output);
                if (count == query.Limit) end = query.Sort.Position(row);
                return 0;
            },
            ct);
        output.Raw("]"u8);
        return new Listed(new RawJson(output.Written), count > query.Limit ? end : null);
    }

    /// <summary>How many fit the filter and the rule, up to a bound.</summary>
    public async ValueTask<long> Count(RecordCall call, Sql? filter, long max, CancellationToken ct) =>
        Bind(call, RuleKind.List) is { IsNever: false } rule
            ? await Number($"select count(*) from (select 1 from {Rows(call)}{And(rule)}{filter} limit {max}) seen", ct)
            : 0;

    /// <summary>
    /// How many of the tenant's first rows the list rule keeps back. <paramref name="among"/> bounds the rows that are
    /// looked at, not those that are found: a list must not cost what its tenant holds.
    /// </summary>
    public async ValueTask<long> CountWithheld(RecordCall call, int among, CancellationToken ct)
    {
        var rule = Bind(call, RuleKind.List);
        if (rule is { IsAlways: true }) return 0;
        var kept = rule is { IsNever: false } some ? Sql.Of($"not coalesce({some.Sql}, false)") : Sql.Of($"true");
        return await Number(
            $"select count(*) from (select {kept} as kept from {Rows(call)} limit {among}) seen where kept", ct);
    }

    /// <summary>
    /// The record as it is, locked, with what the rules say of it; null where it is not there or may not be read.
    /// </summary>
    public async ValueTask<Stored?> Lock(
        Change change, RecordCall call, string id, RuleKind kind, bool deleted = false)
    {
        var rule = call.Rule(kind);
        var (may, read) = (Judged(rule, call), Judged(call.Rule(RuleKind.Read), call));
        var columns = RecordColumns.All(call.Collection);
        return await change.One(
            $"""
            select {may}, {read}, {columns.SelectedByKey} from {Rows(call, deleted)} and r.id = {id} {change.ForUpdate}
            """,
            row => Stored(call, columns, row));
    }

    /// <summary>The secret properties of a record, encrypted.</summary>
    public async ValueTask<IReadOnlyList<(Field Field, byte[]? Stored)>> FindSecrets(
        Change change, RecordCall call, string id)
    {
        List<Field> fields = [.. call.Collection.Collection.Fields.Where(f => f.Secret)];
        if (fields.Count == 0) return [];
        Sql columns = $"";
        foreach (var field in fields) columns = $"{columns}, r.{field.Column}";
        return await change.One(
            $"select r.id{columns} from {Rows(call)} and r.id = {id}",
            row =>
            {
                _ = row.Text();
                return fields.ConvertAll(field => (field, row.BytesOrNull()));
            }) ?? [];
    }

    /// <summary>As <see cref="Lock"/>, without a lock: for questions about a record.</summary>
    public async ValueTask<Stored?> FindJudged(RecordCall call, string id, RuleKind kind, CancellationToken ct)
    {
        var (may, read) = (Judged(call.Rule(kind), call), Judged(call.Rule(RuleKind.Read), call));
        var columns = RecordColumns.All(call.Collection);
        return await database.One(
            $"select {may}, {read}, {columns.SelectedByKey} from {Rows(call)} and r.id = {id}",
            row => Stored(call, columns, row), ct);
    }

    /// <summary>
    /// The id of the record with these values in a unique key, locked. <paramref name="everywhere"/>: also in
    /// workspaces that the call does not name, because a key is the tenant's.
    /// </summary>
    public ValueTask<string?> FindByKey(
        Change change, RecordCall call, CollectionIndex key, IReadOnlyList<SqlParameter> values,
        bool everywhere = false)
    {
        Sql same = $"";
        foreach (var column in key.Columns)
            same = $"{same} and r.{new Identifier(column.Name)} = {values[call.Collection.IndexOf(column.Name)]}";
        var rows = everywhere ? Of(call) : Rows(call);
        return change.One($"select r.id from {rows}{same} limit 1 {change.ForUpdate}", row => row.Text());
    }

    public async ValueTask<int> Insert(
        Change change, RecordCall call, RecordDraft draft, bool onConflictDoNothing = false)
    {
        await Note(change, call, draft.Id);
        var (collection, caller) = (draft.Collection, change.Caller);
        Sql names = $"";
        Sql values = $"";
        for (var i = 0; i < draft.Values.Count; i++)
        {
            names = $"{names}, {collection.Collection.Fields[i].Column}";
            values = $"{values}, {draft.Values[i]}";
        }
        var orNot = onConflictDoNothing ? new Raw(" on conflict do nothing") : Raw.None;
        return await change.Run($"""
            insert into {collection.Table} (tenant_id, id, workspace_id, owner_id, version, created_at, updated_at,
                actor, run{names})
            values ({draft.Tenant}, {draft.Id}, {draft.Workspace}, {draft.Owner}, {draft.Version}, {draft.CreatedAt},
                {draft.UpdatedAt}, {caller.Actor}, {caller.Run}{values}){orNot}
            """);
    }

    /// <summary>Sets every property; of secrets those alone that were sent.</summary>
    public async ValueTask<int> Update(
        Change change, RecordCall call, RecordDraft draft, IReadOnlySet<string> secretsSent)
    {
        await Note(change, call, draft.Id);
        Sql set = $"";
        for (var i = 0; i < draft.Values.Count; i++)
        {
            var field = draft.Collection.Collection.Fields[i];
            if (!field.Secret || secretsSent.Contains(field.Name)) set = $"{set}, {field.Column} = {draft.Values[i]}";
        }
        return await change.Run($"""
            update {draft.Collection.Table} set version = {draft.Version}, updated_at = {draft.UpdatedAt},
                actor = {change.Caller.Actor}, run = {change.Caller.Run}{set}
            where tenant_id = {draft.Tenant} and id = {draft.Id}
            """);
    }

    public async ValueTask<int> Remove(Change change, RecordCall call, string id)
    {
        await Note(change, call, id);
        if (!call.Collection.Collection.SoftDelete)
        {
            return await change.Run($"""
                delete from {call.Collection.Table} where tenant_id = {call.Scope.Tenant} and id = {id}
                """);
        }
        return await change.Run($"""
            update {call.Collection.Table} set deleted_at = {change.Now}, updated_at = {change.Now},
                version = version + 1, actor = {change.Caller.Actor}, run = {change.Caller.Run}
            where tenant_id = {call.Scope.Tenant} and id = {id}
            """);
    }

    /// <summary>Brings back what soft delete has kept.</summary>
    public async ValueTask<int> Restore(Change change, RecordCall call, string id)
    {
        await Note(change, call, id);
        return await change.Run($"""
            update {call.Collection.Table} set deleted_at = null, updated_at = {change.Now}, version = version + 1,
                actor = {change.Caller.Actor}, run = {change.Caller.Run}
            where tenant_id = {call.Scope.Tenant} and id = {id}
            """);
    }

    /// <summary>Records that refer to one, whatever rules say of them, locked.</summary>
    public ValueTask<List<Record>> Referring(
        Change change, RecordCall referring, Reference reference, string id, long limit)
    {
        var columns = RecordColumns.All(referring.Collection);
        return change.Many(
            $"""
            select {columns.SelectedByKey} from {referring.Collection.Table} r
            where r.tenant_id = {referring.Scope.Tenant} and r.{new Identifier(reference.Field)} = {id}
                and r.deleted_at is null
            order by r.id limit {limit} {change.ForUpdate}
            """,
            row => Single(referring.Collection, columns, row));
    }

    /// <summary>A record that this Change has written already, as it is by now; null where it is gone.</summary>
    public ValueTask<Record?> Current(Change change, RecordCall call, string id)
    {
        var columns = RecordColumns.All(call.Collection);
        return change.One(
            $"""
            select {columns.SelectedByKey} from {call.Collection.Table} r
            where r.tenant_id = {call.Scope.Tenant} and r.id = {id} and r.deleted_at is null
            """,
            row => Single(call.Collection, columns, row));
    }

    /// <summary>Empties a reference.</summary>
    public async ValueTask<int> Empty(Change change, RecordCall call, Reference reference, string id)
    {
        await Note(change, call, id);
        return await change.Run($"""
            update {call.Collection.Table} set {new Identifier(reference.Field)} = null, version = version + 1,
                updated_at = {change.Now}, actor = {change.Caller.Actor}, run = {change.Caller.Run}
            where tenant_id = {call.Scope.Tenant} and id = {id}
            """);
    }

    /// <summary>Whether the caller may read a stored record, in whichever workspace it lies.</summary>
    public static async ValueTask<bool> MayRead(Change change, RecordCall call, string id) =>
        Bind(call, RuleKind.Read) is { IsNever: false } rule
        && await change.One($"select r.id from {Of(call)} and r.id = {id}{And(rule)}", row => row.Text()) is not null;

    /// <summary>
    /// Whether a rule is true of a record as it is drafted: one that follows references is asked of the database.
    /// </summary>
    public static async ValueTask<bool> Holds(IReads reads, Rule rule, RuleActivation activation, RecordDraft draft)
    {
        if (!rule.FollowsReferences) return rule.Holds(activation);
        var bound = rule.Bind(activation, Alias);
        return bound.IsAlways || (!bound.IsNever
            && await reads.One($"select r.id from {draft.AsRow()} where {bound.Sql}", row => row.Text()) is not null);
    }

    /// <summary>A table that is being written anew copies the record once more.</summary>
    private static ValueTask Note(Change change, RecordCall call, string id) =>
        call.Contract.Tables.Rewriting.Contains(call.Collection.Name)
            ? change.Queue(RewriteStore.Note(call.Contract.Number, call.Collection.Name, call.Scope.Tenant, id))
            : ValueTask.CompletedTask;

    private static BoundPredicate? Bind(RecordCall call, RuleKind kind) =>
        call.Rule(kind)?.Bind(call.Activation, Alias);

    /// <summary>
    /// Rows of the call's tenant and workspace that are there, or that are deleted and kept: no statement reads others.
    /// </summary>
    private static Sql Rows(RecordCall call, bool deleted = false)
    {
        Sql? inWorkspace = call.Scope.Workspace is { } workspace
            && call.Collection.Collection.Workspaces is not WorkspaceUse.None
                ? Sql.Of($" and r.workspace_id = {workspace}")
                : null;
        return $"{Of(call, deleted)}{inWorkspace}";
    }

    private static Sql Of(RecordCall call, bool deleted = false)
    {
        var not = deleted ? new Raw("not ") : Raw.None;
        return $"{call.Collection.Table} r where r.tenant_id = {call.Scope.Tenant} and r.deleted_at is {not}null";
    }

    private static Sql? And(BoundPredicate rule) => rule.IsAlways ? null : Sql.Of($" and {rule.Sql}");

    /// <summary>
    /// The rule's answer as a column. A rule that compares with what was found judges later, in memory.
    /// </summary>
    private static Sql Judged(Rule? rule, RecordCall call)
    {
        if (rule is null) return $"0";
        if (rule.ReadsOld) return $"1";
        var bound = rule.Bind(call.Activation, Alias);
        return bound.IsAlways ? Sql.Of($"1")
            : bound.IsNever ? Sql.Of($"0")
            : Sql.Of($"case when {bound.Sql} then 1 else 0 end");
    }

    private static Stored Stored(RecordCall call, RecordColumns columns, Row row)
    {
        var (mayDo, mayRead) = (row.Int64() != 0, row.Int64() != 0);
        return new Stored(Single(call.Collection, columns, row), mayRead, mayDo);
    }

    private static Record Single(CompiledCollection collection, RecordColumns columns, Row row)
    {
        var (id, version) = (row.Text(), row.Int64());
        var output = columns.Output(1);
        columns.Write(row, output);
        return new Record(collection.Name, id, version, new RawJson(output.Written));
    }

    private async ValueTask<long> Number(Sql query, CancellationToken ct) =>
        (await database.Many(query, row => row.Int64(), ct))[0];
}

/// <summary>A record as it is in the database. <paramref name="MayDo"/>: the operation's own rule.</summary>
internal sealed record Stored(Record Record, bool MayRead, bool MayDo);

/// <summary>A page's rows as a JSON list, and where it ended if there is more.</summary>
internal sealed record Listed(RawJson Items, string? End)
{
    public static Listed Empty { get; } = new(new RawJson("[]"u8.ToArray()), null);
}

/// <summary>A list query, compiled. Filter and position are conditions with "and" before them.</summary>
internal sealed record ListQuery(RecordColumns Columns, SortKeys Sort, Sql? Filter, Sql? After, int Limit);

using Castellan.Contracts;
using Castellan.Platform.Storage;

namespace Castellan.Records.History;

/// <summary>
/// Earlier versions as they may be shown: the read rule judges each of them by what it held, because a record that is
/// published now was a draft; and they show what the contract declares today.
/// </summary>
internal sealed class EarlierVersions(IDatabase database)
{
    public async ValueTask<IReadOnlyList<RecordVersion>> Shown(
        RecordCall call, string id, IReadOnlyList<RecordVersion> versions)
    {
        if (call.Rule(RuleKind.Read) is not { } rule) return [];
        var shown = new List<RecordVersion>(versions.Count);
        foreach (var version in versions)
        {
            var kept = new Record(call.Collection.Name, id, version.Version, version.Data);
            var draft = RecordJson.Draft(call, kept);
            if (!await RecordStore.Holds(database, rule, call.Activation.With(draft), draft)) continue;
            shown.Add(version with { Data = RecordJson.Of(draft).Json });
        }
        return shown;
    }
}

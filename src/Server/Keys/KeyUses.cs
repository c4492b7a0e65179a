using System.Collections.Concurrent;
using System.Net;
using Castellan.Kernel;

namespace Castellan.Keys;

/// <summary>
/// When and from where keys were used last, exact to a minute: no call waits for the note, none fails with it, and none
/// is a Change because of it.
/// </summary>
internal sealed partial class KeyUses(Upkeep upkeep, TimeProvider time, ILogger<KeyUses> log)
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<KeyId, long> noted = new();

    public void Note(KeyId id, IPAddress? address)
    {
        var now = time.GetTimestamp();
        if (noted.TryGetValue(id, out var last))
        {
            if (time.GetElapsedTime(last, now) < Every || !noted.TryUpdate(id, now, last)) return;
        }
        else if (!noted.TryAdd(id, now)) return;
        _ = Write(id, address);
    }

    private async Task Write(KeyId id, IPAddress? address)
    {
        try
        {
            await upkeep.Run(KeyStore.Touch(id, time.GetUtcNow(), IpRange.Shown(address)));
        }
        catch (Exception error)
        {
            // The next minute's note says as much.
            LogLost(log, id.Value, error);
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "The use of {Key} was not noted")]
    private static partial void LogLost(ILogger log, string key, Exception error);
}

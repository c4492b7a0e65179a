using Castellan.Kernel;

namespace Castellan.Keys;

/// <summary>With a killed environment the keys of servers end.</summary>
internal sealed class KeyStops(KeyStore store, KeyVerifier verifier) : IStopListener
{
    public async ValueTask Stopped(Change change, Target target, Stop stop)
    {
        if (target.Kind != "environment" || stop.How is not StopKind.Killed) return;
        await store.RevokeSecrets(change, new InstallationScope(), target.Id, stop);
        verifier.ForgetAll(change);
    }
}

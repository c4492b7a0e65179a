using Castellan.Apps;
using Castellan.Kernel;

namespace Castellan.Contracts;

/// <summary>Whose contract a call may be about: a key knows its own app alone.</summary>
internal sealed class ContractAccess(AppDirectory apps)
{
    public async ValueTask Require<TIn>(Call<TIn> call, AppId app)
    {
        if (call.Caller.App is { } own && own != app) throw new Refusal(GateProblems.NotFound);
        if (await apps.Find(app) is null) throw new Refusal(GateProblems.NotFound);
    }
}

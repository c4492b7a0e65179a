using Castellan.Installation;
using Castellan.Kernel;
using Castellan.Operators.Devices;
using Castellan.Platform.Memory;

namespace Castellan.Operators;

/// <summary>The slice's wiring.</summary>
internal static class OperatorsSetup
{
    public static IServiceCollection AddOperators(this IServiceCollection services) => services
        .AddSingleton(new Noun("operators",
            "The staff who run this installation: who they are, how they sign in, and their own account."))
        .AddSingleton<OperatorStore>()
        .AddSingleton<OperatorDirectory>()
        .AddSingleton<IStaff>(provider => provider.GetRequiredService<OperatorStore>())
        .AddSingleton<OperatorLinks>()
        .AddSingleton<ProgressiveDelay>()
        .AddSingleton<IStartLine>(provider => provider.GetRequiredService<OperatorLinks>())
        .AddSingleton<IResolver>(provider => provider.GetRequiredService<OperatorDirectory>())
        .AddSingleton<IStanding>(provider => provider.GetRequiredService<OperatorDirectory>())
        .AddSingleton<OperatorProof>()
        .AddSingleton<OperatorNotices>()
        .AddSingleton<DeviceStore>()
        .AddSingleton<DeviceCodes>()
        .AddSingleton<DeviceExchange>()
        .AddSingleton<IEndpoints, DeviceEndpoints>()
        .AddSingleton<IEndpoints, OperatorEndpoints>()
        .AddSingleton<IEndpoints, OwnAccountEndpoints>()
        .AddSingleton<IEndpoints, SignInEndpoints>();
}

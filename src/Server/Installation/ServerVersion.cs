using System.Reflection;

namespace Castellan.Installation;

/// <summary>The version of this executable, without the commit that a build may append.</summary>
internal static class ServerVersion
{
    public static string Text { get; } = typeof(ServerVersion).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}

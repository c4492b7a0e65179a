using System.Reflection;
using Castellan.Platform;

namespace Castellan.Installation;

/// <summary>Every setting's name, as the options of the slices declare them.</summary>
internal static class SettingNames
{
    private static readonly string[] Known =
    [
        .. typeof(SettingNames).Assembly.GetTypes().SelectMany(type =>
            type.GetCustomAttribute<SettingsAttribute>() is { } settings ? Of(type, settings.Section) : []),
    ];

    /// <summary>What the framework reads under names of its own.</summary>
    private static readonly string[] Framework = ["Logging:", "Kestrel:"];

    /// <summary>
    /// Variables with our prefix that are for the command line, apps and tests, or that Kubernetes sets for a service
    /// of the name <c>castellan</c>.
    /// </summary>
    private static readonly string[] Others =
    [
        "CONFIG", "URL", "TOKEN", "PROFILE", "APP", "KEY", "SECRET_KEY", "SERVER", "CLI", "SAMPLE", "CHROMIUM",
        "WRITE_DOCS",
    ];

    private static readonly string[] OtherPrefixes = ["TEST_", "STORM_", "SERVICE_", "PORT"];

    public static bool Has(string name) =>
        Known.Contains(name, StringComparer.OrdinalIgnoreCase)
        || Framework.Concat(Known.Where(known => known.EndsWith(':')))
            .Any(section => name.StartsWith(section, StringComparison.OrdinalIgnoreCase));

    /// <param name="name">A variable's name without the prefix.</param>
    public static bool IsOfOthers(string name) =>
        Others.Contains(name, StringComparer.OrdinalIgnoreCase)
        || OtherPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    public static string Nearest(string name) => Known.MinBy(known => Platform.Nearest.Distance(known, name))!;

    private static IEnumerable<string> Of(Type options, string section)
    {
        foreach (var property in options.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.SetMethod is null) continue;
            var name = section.Length == 0 ? property.Name : $"{section}:{property.Name}";
            var isGroup = property.PropertyType.Assembly == options.Assembly && property.PropertyType.IsClass;
            // By names that somebody chooses, such as those of operations.
            if (property.PropertyType.IsAssignableTo(typeof(System.Collections.IEnumerable))
                && property.PropertyType.Name.Contains("Dictionary")) yield return name + ":";
            else if (!isGroup) yield return name;
            else foreach (var inner in Of(property.PropertyType, name)) yield return inner;
        }
    }
}

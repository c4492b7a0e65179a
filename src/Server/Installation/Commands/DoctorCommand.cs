using System.CommandLine;

namespace Castellan.Installation.Commands;

/// <summary><c>doctor</c>: examines the installation; exit code 1 where something is ill.</summary>
internal static class DoctorCommand
{
    public static Command Create() =>
        new Command("doctor", "Examine the installation: folder, key, database, clock, disk, addresses.").Runs(
            async (_, settings, ct) =>
            {
                var doctor = new Doctor(InstallationSettings.Read(settings), TimeProvider.System);
                var findings = await doctor.Examine(ct);
                foreach (var finding in findings)
                {
                    var mark =
                        finding.Health switch { Health.Well => "ok   ", Health.Doubtful => "warn ", _ => "FAIL " };
                    await Console.Out.WriteLineAsync($"{mark}{finding.Subject,-14}{finding.Detail}");
                    if (finding.Fix is not null) await Console.Out.WriteLineAsync($"     {"",-14}Fix: {finding.Fix}");
                }
                return findings.Any(f => f.Health is Health.Ill) ? 1 : 0;
            });
}

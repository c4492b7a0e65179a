using System.Diagnostics;
using Castellan.Client;

namespace Castellan.Cli;

/// <summary>
/// Shows a code that an operator approves in a browser, on whichever machine, and asks until that is done (RFC 8628).
/// </summary>
internal sealed class DeviceSignIn(OperatorOperations operators, Terminal terminal, TimeProvider time)
{
    private const int NameMax = 100;

    /// <summary>What the RFC adds to the interval at each <c>slow_down</c>.</summary>
    private static readonly TimeSpan Slower = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Slowest = TimeSpan.FromMinutes(1);

    public async Task<OperatorToken> Run(bool open, CancellationToken ct)
    {
        var name = $"{Environment.UserName}@{Environment.MachineName}";
        var codes = (await operators.StartDevice(name[..Math.Min(name.Length, NameMax)], ct)).Value;
        terminal.Tell($"Open {codes.VerificationUri} in a browser and type the code {codes.UserCode}");
        terminal.Tell($"or open {codes.VerificationUriComplete}");
        terminal.Notice(
            $"The page names this command line {name}. Waiting for {codes.ExpiresIn / 60} minutes at most.");
        if (open) Open(codes.VerificationUriComplete);
        return await Poll(codes, ct);
    }

    private async Task<OperatorToken> Poll(DeviceCodes codes, CancellationToken ct)
    {
        var began = time.GetTimestamp();
        var interval = TimeSpan.FromSeconds(Math.Max(1, codes.Interval));
        while (time.GetElapsedTime(began) < TimeSpan.FromSeconds(codes.ExpiresIn))
        {
            await Task.Delay(interval, time, ct);
            try
            {
                return (await operators.ExchangeDevice(codes.DeviceCode, ct)).Value;
            }
            catch (CastellanProblemException waiting) when (waiting.Problem.Code is "authorization_pending")
            {
                // Nobody has decided yet.
            }
            catch (CastellanProblemException early) when (early.Problem.Code is "slow_down" or "rate_limited")
            {
                interval += Slower;
            }
            catch (CastellanUnreachableException)
            {
                // The code is good for a while; section 3.5: less often.
                interval = interval * 2 < Slowest ? interval * 2 : Slowest;
            }
        }
        throw new Complaint("Nobody has approved the code in time.", "castellan login, and approve the new code.");
    }

    /// <summary>Only an address of the web, and without a shell that could read anything else into it.</summary>
    private void Open(Uri page)
    {
        if (page.Scheme is not ("https" or "http")) return;
        var (opener, arguments) = OperatingSystem.IsWindows() ? ("rundll32", "url.dll,FileProtocolHandler")
            : OperatingSystem.IsMacOS() ? ("open", (string?)null)
            : ("xdg-open", null);
        var start = new ProcessStartInfo(opener) { UseShellExecute = false };
        if (arguments is not null) start.ArgumentList.Add(arguments);
        start.ArgumentList.Add(page.AbsoluteUri);
        try
        {
            Process.Start(start)?.Dispose();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            terminal.Notice("No browser could be opened here: open the page yourself.");
        }
    }
}

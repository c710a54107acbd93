using System.Globalization;

namespace Dragoman.Telemetry;

/// <summary>Amounts of money for people.</summary>
internal static class Dollars
{
    // Less than a single token of any model costs.
    private const int MaxDecimals = 8;

    /// <summary>For example <c>$1.25</c>, <c>$0.42</c>, <c>$0.0042</c>: to the cent, and below ten cents to the second digit that counts.</summary>
    public static string Text(decimal amount)
    {
        var decimals = 2;
        var least = 0.1m;
        while (amount > 0 && amount < least && decimals < MaxDecimals)
        {
            least /= 10;
            decimals++;
        }

        return "$" + amount.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }
}

import ScalingFits

/// A log-log plot in the characters of a terminal.
package enum TerminalPlot {
    /// - Parameters:
    ///   - width: columns, at least 40; lines are never longer.
    ///   - height: rows of the plotting area, at least 5.
    ///   - unicode: Braille lines and geometric markers instead of ASCII.
    ///   - color: ANSI colours, one per series.
    ///   - guide: the slope of a dotted line for comparison; `nil` for none.
    /// - Returns: lines ending with a newline: title, plot, axis, legend.
    package static func render(
        _ panel: PlotPanel, width: Int, height: Int, unicode: Bool, color: Bool, guide: Double? = 2
    ) -> String {
        PlotLayout(panel: panel, width: max(40, width), height: max(5, height), unicode: unicode, color: color,
            guide: guide).text
    }

    /// The same for series without a common title.
    package static func render(
        series: [PlotSeries], xLabel: String = "rho", yLabel: String = "distance_squared", width: Int, height: Int,
        unicode: Bool, color: Bool, guide: Double? = 2
    ) -> String {
        let panel = PlotPanel(title: "", xLabel: xLabel, yLabel: yLabel, series: series)
        return render(panel, width: width, height: height, unicode: unicode, color: color, guide: guide)
    }
}

extension PlotSeries.Point {
    var isLogarithmic: Bool { x > 0 && y > 0 && x.isFinite && y.isFinite }
    var isAtZero: Bool { x == 0 && y > 0 && y.isFinite }
}

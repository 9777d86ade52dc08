import ScalingFits

/// One curve of a plot: markers, and a line where a law was fitted.
package struct PlotSeries: Sendable, Equatable {
    package struct Point: Sendable, Equatable {
        package var x: Double
        package var y: Double

        package init(x: Double, y: Double) {
            self.x = x
            self.y = y
        }
    }

    package var name: String
    /// Measured; x = 0 stands in a column of its own at the left, what is not positive and finite is counted below.
    package var points: [Point]
    /// The fitted law at ascending positive x, drawn as a line.
    package var line: [Point]

    package init(name: String, points: [Point], line: [Point] = []) {
        self.name = name
        self.points = points
        self.line = line
    }
}

/// A plot of its own: what its series have in common is its title.
package struct PlotPanel: Sendable, Equatable {
    package var title: String
    package var xLabel: String
    package var yLabel: String
    package var series: [PlotSeries]

    package init(title: String, xLabel: String, yLabel: String, series: [PlotSeries]) {
        self.title = title
        self.xLabel = xLabel
        self.yLabel = yLabel
        self.series = series
    }
}

extension PlotPanel {
    /// Groups that differ in `dimension` only become the series of one panel; panels come in the outcomes' order.
    /// Groups that could not be fitted have nothing to show.
    package static func panels(_ outcomes: [FitOutcome], seriesBy dimension: String) -> [PlotPanel] {
        var panels: [PlotPanel] = []
        var places: [GroupKey: Int] = [:]
        for case .fit(let fit) in outcomes {
            let shared = GroupKey(fit.by.entries.filter { $0.name != dimension })
            let place = places[shared] ?? panels.count
            if place == panels.count {
                places[shared] = place
                let title = shared.entries.isEmpty ? "\(fit.response)" : shared.description
                panels.append(PlotPanel(title: title, xLabel: fit.against, yLabel: fit.response, series: []))
            }
            panels[place].series.append(series(fit, name: fit.by[dimension].map { "\($0)" } ?? fit.by.description))
        }
        return panels
    }

    private static func series(_ fit: ScalingFit, name: String) -> PlotSeries {
        var label = name
        if let exponent = fit.exponent {
            label += "  exponent " + UncertainNumber(value: exponent, interval: fit.exponentInterval).text
        } else {
            label += "  \(fit.model ?? "no law")"
        }
        let line = fit.curve.compactMap { point in
            point.fitted.flatMap { point.x > 0 && $0 > 0 ? PlotSeries.Point(x: point.x, y: $0) : nil }
        }
        return PlotSeries(name: label, points: fit.curve.map { .init(x: $0.x, y: $0.mean) }, line: line)
    }
}

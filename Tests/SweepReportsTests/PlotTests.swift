import ScalingFits
import Testing

@testable import SweepReports

@Suite struct PlotTests {
    private func panel(_ points: [(Double, Double)], line: [(Double, Double)] = []) -> PlotPanel {
        PlotPanel(
            title: "title", xLabel: "rho", yLabel: "distance_squared",
            series: [
                PlotSeries(
                    name: "m-sam", points: points.map { .init(x: $0.0, y: $0.1) }, line: line.map { .init(x: $0.0, y: $0.1) })
            ])
    }

    @Test(arguments: [(40, 5), (80, 20), (200, 60)], [true, false]) func plotsKeepTheirSize(
        size: (width: Int, height: Int), unicode: Bool
    ) {
        let points: [(Double, Double)] = (0...12).map { index in
            let x = 0.001 * Double(index * index + 1)
            return (x, 0.1 * Double(index + 1))
        }
        let text = TerminalPlot.render(
            panel([(0, 0.05)] + points, line: points), width: size.width, height: size.height, unicode: unicode, color: false)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.allSatisfy { $0.count <= size.width })
        #expect(lines.count >= size.height + 4)
        #expect(unicode || text.allSatisfy { $0.isASCII })
    }

    @Test func markersStandWhereTheyBelong() {
        let text = TerminalPlot.render(
            panel([(0.01, 0.01), (1, 1)]), width: 60, height: 11, unicode: false, color: false, guide: nil)
        let rows = text.split(separator: "\n").filter { $0.contains("o") && ($0.contains("|") || $0.contains("+")) }
        let places = rows.map { Array($0).firstIndex(of: "o") ?? 0 }
        #expect(places.count == 2 && places[0] > places[1] + 30, "the larger value is above and to the right")
    }

    @Test func whatHasNoLogarithmIsCounted() {
        let text = TerminalPlot.render(
            panel([(0.1, -1), (0.2, 0), (1, 1), (2, 2)]), width: 60, height: 8, unicode: false, color: false)
        #expect(text.contains("not shown: 2 points without a logarithm"))
        let empty = TerminalPlot.render(panel([(0.1, -1)]), width: 60, height: 8, unicode: false, color: false)
        #expect(empty.contains("nothing to plot"))
    }

    @Test func coloursAreOnlyThereWhenAskedFor() {
        let points = [(0.01, 0.01), (1.0, 1.0)]
        #expect(!TerminalPlot.render(panel(points), width: 60, height: 8, unicode: true, color: false).contains("\u{1B}"))
        #expect(TerminalPlot.render(panel(points), width: 60, height: 8, unicode: true, color: true).contains("\u{1B}[0m"))
    }

    @Test func optimizersAreTheSeriesOfAPanel() throws {
        let panels = PlotPanel.panels(try SampleColumns.outcomes(), seriesBy: "optimizer")
        #expect(panels.count == 2 && panels.allSatisfy { $0.series.count == 2 })
        #expect(panels[0].title == "noise = 0, variance = 0")
        #expect(panels[1].series[0].points.count == 6)
        #expect(panels[0].series[0].name.hasPrefix("m-sam  exponent 2"))
    }
}

import ScalingFits
import Wording

/// Puts axes, canvas, the column of x = 0 and the legend together.
struct PlotLayout {
    let panel: PlotPanel
    let height: Int
    let unicode: Bool
    let color: Bool
    let guide: Double?
    private let width: Int
    private let xAxis: LogAxis
    private let yAxis: LogAxis
    private let hasZero: Bool
    private let isEmpty: Bool
    /// Columns of the y axis' labels.
    private let margin: Int

    init(panel: PlotPanel, width: Int, height: Int, unicode: Bool, color: Bool, guide: Double?) {
        self.panel = panel
        self.width = width
        self.height = height
        self.unicode = unicode
        self.color = color
        self.guide = guide
        let points = panel.series.flatMap(\.points)
        let drawn = points.filter(\.isLogarithmic)
        let atZero = points.filter(\.isAtZero)
        hasZero = !atZero.isEmpty
        isEmpty = drawn.isEmpty && atZero.isEmpty
        xAxis = LogAxis(drawn.map(\.x))
        yAxis = LogAxis((drawn + atZero).map(\.y))
        margin = yAxis.ticks(limit: height / 3).map(\.label.count).max() ?? 0
    }

    /// Columns of the plotting area: without labels, axis and, with x = 0, its column and the gap.
    private var columns: Int { width - margin - 2 - (hasZero ? 3 : 0) }

    var text: String {
        var lines: [String] = []
        if !panel.title.isEmpty { lines.append(clipped(panel.title)) }
        if isEmpty {
            lines.append("nothing to plot: no point is positive")
        } else {
            lines.append(clipped(panel.yLabel))
            lines += area()
            lines += xLines()
        }
        return (lines + legend() + notes()).joined(separator: "\n") + "\n"
    }

    // MARK: Plotting area

    private func area() -> [String] {
        let canvas = drawn()
        let zeros = zeroColumn()
        let labels = Dictionary(
            yAxis.ticks(limit: height / 3).map { (canvas.place(0, yAxis.position($0.value)).row, $0.label) },
            uniquingKeysWith: { first, _ in first })
        return (0..<height).map { row in
            let label = labels[row] ?? ""
            let axis = label.isEmpty ? (unicode ? "│" : "|") : (unicode ? "┤" : "+")
            var line = String(repeating: " ", count: margin - label.count) + label + " " + axis
            if hasZero { line += painted(zeros.character(0, row), zeros.owner(0, row)) + (unicode ? " ┊" : " :") }
            for column in 0..<columns { line += painted(canvas.character(column, row), canvas.owner(column, row)) }
            return trimmed(line)
        }
    }

    private func drawn() -> PlotCanvas {
        var canvas = PlotCanvas(columns: columns, rows: height, unicode: unicode)
        drawGuide(&canvas)
        for (index, series) in panel.series.enumerated() {
            let line = series.line.filter(\.isLogarithmic).map { (xAxis.position($0.x), yAxis.position($0.y)) }
            for (start, end) in zip(line, line.dropFirst()) {
                canvas.line(from: start, to: end, gap: 1, .series(index))
            }
        }
        for (index, series) in panel.series.enumerated() {
            for point in series.points where point.isLogarithmic {
                canvas.mark(xAxis.position(point.x), yAxis.position(point.y), mark(index), .series(index))
            }
        }
        return canvas
    }

    /// Through the highest of the rightmost points, so that it lies along the data.
    private var guideAnchor: PlotSeries.Point? {
        let points = panel.series.flatMap(\.points).filter(\.isLogarithmic)
        guard Set(points.map(\.x)).count > 1 else { return nil }
        return points.max { ($0.x, $0.y) < ($1.x, $1.y) }
    }

    private func drawGuide(_ canvas: inout PlotCanvas) {
        guard let guide, let anchor = guideAnchor else { return }
        let end = (x: xAxis.position(anchor.x), y: yAxis.position(anchor.y))
        let rise = guide * (xAxis.upper - xAxis.lower) / (yAxis.upper - yAxis.lower)
        canvas.line(from: (0, end.y - end.x * rise), to: (1, end.y + (1 - end.x) * rise), gap: 4, .guide)
    }

    private func zeroColumn() -> PlotCanvas {
        var canvas = PlotCanvas(columns: 1, rows: height, unicode: unicode)
        for (index, series) in panel.series.enumerated() {
            for point in series.points where point.isAtZero {
                canvas.mark(0, yAxis.position(point.y), mark(index), .series(index))
            }
        }
        return canvas
    }

    // MARK: Below

    private func xLines() -> [String] {
        let offset = margin + 2 + (hasZero ? 3 : 0)
        var axis = Array(String(repeating: " ", count: margin + 1) + (unicode ? "└" : "+")
            + String(repeating: unicode ? "─" : "-", count: width - margin - 2))
        var labels = Array(repeating: Character(" "), count: width)
        if hasZero { labels[margin + 2] = "0" }
        let grid = PlotCanvas(columns: columns, rows: 1, unicode: unicode)
        for tick in xAxis.ticks(limit: columns / 8) {
            let column = offset + grid.place(xAxis.position(tick.value), 0).column
            axis[column] = unicode ? "┬" : "+"
            let start = min(max(column - tick.label.count / 2, offset - 1), width - tick.label.count)
            // A label that would touch its neighbour is left out; its tick stays.
            let around = max(start - 1, 0)..<min(start + tick.label.count + 1, width)
            guard labels[around].allSatisfy({ $0 == " " }) else { continue }
            for (place, character) in tick.label.enumerated() { labels[start + place] = character }
        }
        let name = String(repeating: " ", count: max(0, offset + (columns - panel.xLabel.count) / 2)) + panel.xLabel
        return [String(axis), trimmed(String(labels)), clipped(name)]
    }

    private func legend() -> [String] {
        var lines = panel.series.enumerated().map { index, series in
            painted(mark(index), .series(index)) + " " + String(series.name.prefix(width - 2))
        }
        if let guide, !isEmpty, guideAnchor != nil {
            let power = Figures.shortest(guide)
            lines.append(clipped((unicode ? "⠂" : ".") + " guide: proportional to \(panel.xLabel)^\(power)"))
        }
        return lines
    }

    private func notes() -> [String] {
        let points = panel.series.flatMap(\.points)
        let hidden = points.filter { !$0.isLogarithmic && !$0.isAtZero }.count
        guard hidden > 0 else { return [] }
        return [clipped("not shown: \(counted(hidden, "point")) without a logarithm")]
    }

    // MARK: Characters

    private func mark(_ index: Int) -> Character {
        let marks: [Character] = unicode ? ["●", "■", "▲", "◆", "○", "□", "△", "◇"] : ["o", "x", "#", "*", "@", "%", "&", "="]
        return marks[index % marks.count]
    }

    private func painted(_ character: Character, _ owner: PlotCanvas.Owner) -> String {
        guard color, character != " " else { return String(character) }
        let codes = [34, 31, 32, 35, 36, 33]
        return switch owner {
        case .nobody: String(character)
        case .guide: "\u{1B}[2m\(character)\u{1B}[0m"
        case .series(let index): "\u{1B}[\(codes[index % codes.count])m\(character)\u{1B}[0m"
        }
    }

    private func clipped(_ text: String) -> String {
        text.count <= width ? text : String(text.prefix(width - 1)) + (unicode ? "…" : ">")
    }

    private func trimmed(_ text: String) -> String {
        var text = text
        while text.last == " " { text.removeLast() }
        return text
    }
}

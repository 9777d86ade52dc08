/// A grid of characters; in Unicode each holds 2 x 4 Braille dots.
struct PlotCanvas {
    /// Who drew a character: decides its colour.
    enum Owner: Equatable {
        case nobody, guide
        case series(Int)
    }

    let columns: Int
    let rows: Int
    let unicode: Bool
    private var dots: [UInt8]
    private var marks: [Character?]
    private var owners: [Owner]

    init(columns: Int, rows: Int, unicode: Bool) {
        self.columns = columns
        self.rows = rows
        self.unicode = unicode
        dots = Array(repeating: 0, count: columns * rows)
        marks = Array(repeating: nil, count: columns * rows)
        owners = Array(repeating: .nobody, count: columns * rows)
    }

    /// The character that holds a position, both from 0 to 1, y upwards.
    func place(_ x: Double, _ y: Double) -> (column: Int, row: Int) {
        (Self.index(x, columns), rows - 1 - Self.index(y, rows))
    }

    /// A marker over everything else.
    mutating func mark(_ x: Double, _ y: Double, _ mark: Character, _ owner: Owner) {
        let (column, row) = place(x, y)
        marks[row * columns + column] = mark
        owners[row * columns + column] = owner
    }

    /// A straight line, dotted with `gap` > 1; what lies outside is cut.
    mutating func line(from start: (x: Double, y: Double), to end: (x: Double, y: Double), gap: Int, _ owner: Owner) {
        let across = Double(columns * 2), upward = Double(rows * 4)
        let length = max(abs(end.x - start.x) * across, abs(end.y - start.y) * upward)
        guard length.isFinite else { return }
        let steps = max(1, min(Int(length.rounded(.up)), 100_000))
        for step in Swift.stride(from: 0, through: steps, by: gap) {
            let share = Double(step) / Double(steps)
            dot(start.x + share * (end.x - start.x), start.y + share * (end.y - start.y), owner)
        }
    }

    private mutating func dot(_ x: Double, _ y: Double, _ owner: Owner) {
        guard (0...1).contains(x), (0...1).contains(y) else { return }
        let fineColumn = Self.index(x, columns * 2)
        let fineRow = rows * 4 - 1 - Self.index(y, rows * 4)
        let cell = fineRow / 4 * columns + fineColumn / 2
        // Braille bits: left column 1 2 4 64, right column 8 16 32 128, downwards.
        let bits: [[UInt8]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]
        dots[cell] |= bits[fineColumn % 2][fineRow % 4]
        if marks[cell] == nil { owners[cell] = owner }
    }

    private static func index(_ position: Double, _ count: Int) -> Int {
        // A position may lie far outside, or be none.
        let place = (position * Double(count)).rounded(.down)
        return place > 0 ? Int(min(place, Double(count - 1))) : 0
    }

    func character(_ column: Int, _ row: Int) -> Character {
        let cell = row * columns + column
        if let mark = marks[cell] { return mark }
        guard dots[cell] != 0 else { return " " }
        guard unicode else { return "." }
        return Unicode.Scalar(0x2800 + UInt32(dots[cell])).map(Character.init) ?? "."
    }

    func owner(_ column: Int, _ row: Int) -> Owner { owners[row * columns + column] }
}

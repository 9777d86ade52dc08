/// The two ends of an interval, `lower` <= `upper`.
package struct Interval: Sendable, Equatable {
    package var lower: Double
    package var upper: Double

    package init(_ lower: Double, _ upper: Double) {
        self.lower = lower
        self.upper = upper
    }

    package func contains(_ value: Double) -> Bool { value >= lower && value <= upper }

    package var width: Double { upper - lower }
}

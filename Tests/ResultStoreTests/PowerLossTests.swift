import Foundation
import PortableMath
import StoreFixtures
import Synchronization
import Testing
import TrialContract

@testable import ResultStore

/// What a power loss leaves: everything that was synchronised, and of what was written since, any part in any order.
@Suite struct PowerLossTests {
    /// A run of the plan from two threads: the file before it, and all that was done to it.
    func record(_ plan: FakePlan, _ path: String) throws -> (before: [UInt8], events: [RawFile.Event]) {
        let events = Mutex<[RawFile.Event]>([])
        var opening = ResultOpening(
            path: path, plan: plan, mode: .resume, allowDrop: false, provenance: .test, shard: nil)
        opening.observer = { event in events.withLock { $0.append(event) } }
        let writer = try opening.open()
        let before = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        let blocks = Mutex(try WorkList.blocks(plan, writer, seed: 3, longest: 200))
        DispatchQueue.concurrentPerform(iterations: 2) { _ in
            while let (block, left) = blocks.withLock({ all in all.popLast().map { ($0, all.count) } }) {
                usleep(2000)
                do {
                    try writer.store(plan.block(cells: block.cells, trials: block.trials))
                    // However slow this machine's disk is, some rounds of publishing lie between.
                    if left % 8 == 0 { try writer.synchronise() }
                } catch {
                    Issue.record(error)
                }
            }
        }
        try writer.finish()
        return (before, events.withLock { $0 })
    }

    @Test(arguments: [FakePlan.large, .largeWithCurves])
    func noInstantShowsATrialFinishedWhoseValuesAreNotThere(plan: FakePlan) throws {
        try withFolder { folder in
            let truth = Truth(plan)
            let (before, events) = try record(plan, folder + "/a.h5")
            let syncs = events.count { if case .synchronised = $0 { true } else { false } }
            #expect(syncs > 5)
            var generator = SplitMix64(seed: 11)
            var seen = 0
            for _ in 0..<40 {
                let end = Int.random(in: 0...events.count, using: &generator)
                let (image, durable) = replay(before, events.prefix(end), using: &generator)
                let path = folder + "/crashed.h5"
                try Data(image).write(to: URL(fileURLWithPath: path))
                let done = try check(path, truth)
                // What was published before the last synchronisation is there.
                try Data(durable).write(to: URL(fileURLWithPath: path))
                #expect(try check(path, truth).isSubset(of: done))
                seen += done.count
            }
            #expect(seen > 0)
        }
    }

    @Test func aRunThatPausesIsOnDiskSoonAfter() throws {
        try withFolder { folder in
            let plan = FakePlan.large
            let events = Mutex<[RawFile.Event]>([])
            var opening = ResultOpening(
                path: folder + "/a.h5", plan: plan, mode: .resume, allowDrop: false, provenance: .test, shard: nil)
            opening.observer = { event in events.withLock { $0.append(event) } }
            let writer = try opening.open()
            try writer.store(plan.block(cells: [0], trials: 0..<100))
            var states: [UInt8] = []
            for _ in 0..<500 {
                usleep(10_000)
                if case .synchronised = events.withLock({ $0.last }) {
                    states = try ResultReader.open(folder + "/a.h5").status(cells: 0..<1)
                    if states[0] != 0 { break }
                }
            }
            #expect(states.prefix(100).allSatisfy { $0 != 0 } && states.dropFirst(100).allSatisfy { $0 == 0 })
            try writer.finish()
        }
    }

    /// The file with a random choice of the writes that may be lost, each in sectors; and with none of them.
    private func replay(
        _ before: [UInt8], _ events: ArraySlice<RawFile.Event>, using generator: inout SplitMix64
    ) -> (image: [UInt8], durable: [UInt8]) {
        var durable = before
        var pending: [(bytes: [UInt8], offset: Int)] = []
        var started = 0
        for event in events {
            switch event {
            case .written(let bytes, let offset): pending.append((bytes, offset))
            case .synchronising: started = pending.count
            case .synchronised:
                for write in pending.prefix(started) { apply(write.bytes[...], write.offset, &durable) }
                pending.removeFirst(started)
                started = 0
            }
        }
        var image = durable
        for write in pending.shuffled(using: &generator) {
            var first = 0
            while first < write.bytes.count {
                let length = min(512 - (write.offset + first) % 512, write.bytes.count - first)
                if Bool.random(using: &generator) {
                    apply(write.bytes[first..<first + length], write.offset + first, &image)
                }
                first += length
            }
        }
        return (image, durable)
    }

    private func apply(_ bytes: ArraySlice<UInt8>, _ offset: Int, _ image: inout [UInt8]) {
        image.replaceSubrange(offset..<offset + bytes.count, with: bytes)
    }

    /// The rows marked as finished; every one of them must be right.
    private func check(_ path: String, _ truth: Truth) throws -> Set<Int> {
        let (done, complaint) = try truth.compare(ResultReader.open(path))
        #expect(complaint == nil)
        return done
    }
}

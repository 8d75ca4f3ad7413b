package api

import (
	"fmt"
	"maps"
	"slices"

	"towncrier/api/wire"
	"towncrier/broadcast"
)

// viewStates are deliveries by channel and state. How many people get nothing at all is not told of few.
func viewStates(all map[broadcast.Channel]map[broadcast.State]int) []wire.StateCount {
	views := []wire.StateCount{}
	for _, channel := range slices.Sorted(maps.Keys(all)) {
		states := all[channel]
		for _, state := range slices.Sorted(maps.Keys(states)) {
			if states[state] == 0 {
				continue
			}
			count := states[state]
			c := wire.StateCount{Channel: string(channel), ChannelLabel: channel.Label(), State: string(state), StateLabel: state.Label(), N: &count, NLabel: fmt.Sprint(count)}
			if state == broadcast.Suppressed {
				c.N, c.NLabel = broadcast.People(count)
			}
			views = append(views, c)
		}
	}
	return views
}

func viewFailure(f broadcast.Failure) wire.FailureCount {
	return wire.FailureCount{Channel: string(f.Channel), ChannelLabel: f.Channel.Label(), State: string(f.State), StateLabel: f.State.Label(), Class: f.Class, Code: f.Code, CodeLabel: f.Meaning, N: f.N}
}

func viewSample(names knownNames) func(broadcast.Sample) wire.Sample {
	return func(s broadcast.Sample) wire.Sample {
		return wire.Sample{
			Resident: s.Resident, Phone: s.Phone, Committee: s.Committee, CommitteeLabel: names.Committee(s.Committee), Community: s.Community, Channel: string(s.Channel),
			Channels: each(s.Plan.Channels, func(c broadcast.Channel) string { return string(c) }),
			Reason:   string(s.Plan.Reason), Label: s.Plan.Reason.Label(), Text: s.Text,
			Passed: each(s.Plan.Passed, func(p broadcast.Passed) wire.PassedChannel {
				return wire.PassedChannel{Channel: string(p.Channel), Reason: string(p.Reason), Label: p.Reason.Label()}
			}),
		}
	}
}

func viewFault(f broadcast.Fault) wire.BroadcastFault {
	return wire.BroadcastFault{Channel: string(f.Channel), Variable: f.Variable, Field: f.Field, Text: f.Text, Warning: f.Warning, Name: f.Name}
}

func viewBill(b broadcast.Bill) wire.Bill {
	return wire.Bill{Parts: b.Parts, Cost: viewMoney(b.Cost), CostMost: viewMoney(b.CostMost), Saved: viewMoney(b.Saved)}
}

package app

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/redis/go-redis/v9"

	"towncrier/aliyun"
	"towncrier/cmd/towncrier/config"
	"towncrier/cmd/towncrier/doctor"
	"towncrier/content"
	"towncrier/kv"
	"towncrier/wechat"
)

const (
	// Room that data needs: a backup or a restore takes as much again as the database has.
	littleData, leastData = 1 << 30, 100 << 20
	// littleTemp is for what SQLite sorts.
	littleTemp = 512 << 20
	// leastMemory is what serving and an import take at their peaks.
	leastMemory = 256 << 20
)

// surroundings are what a server rests on and does not own.
type surroundings struct {
	cfg      config.Config
	wechat   *wechat.Client
	crypto   *wechat.Crypto
	sms      *aliyun.Client                                // nil when SMS is off
	library  func() *content.Library                       // nil where the content cannot be read
	redis    redis.UniversalClient                         // nil where it does not answer
	database func(context.Context) (time.Time, error)      // its clock
	content  func(context.Context) (doctor.Content, error) // which revision answers; nil where none can
	mode     func() error                                  // whether WeChat's messages are of the mode that is set; nil without a server
}

// checks look at all of them.
func (s surroundings) checks() []doctor.Check {
	list := []doctor.Check{
		doctor.WeChatToken(s.wechat),
		doctor.WeChatMode(s.cfg.WeChat.AESKey != "", s.mode),
	}
	if s.library != nil {
		list = append(list, doctor.WeChatTemplates(s.wechat, s.library))
	}
	if s.content != nil {
		list = append(list, doctor.ContentInForce(s.content))
	}
	way := doctor.Callback{Public: s.cfg.PublicURL, Crypto: s.crypto, Bounded: len(s.cfg.SMS.CallbackNetworks) > 0, Now: time.Now}
	if s.sms != nil {
		list = append(list, doctor.SMSSign(s.sms, s.cfg.SMS.Sign))
		if s.library != nil {
			list = append(list, doctor.SMSTemplates(s.sms, s.cfg.SMS.CodeTemplate, s.cfg.SMS.StaffTemplate, s.library))
		}
		way.SMSKey = s.cfg.SMS.CallbackKey
	}
	list = append(list, way.Check(), doctor.Clocks(time.Now, s.clocks()...))
	if s.redis != nil && s.cfg.Redis != kv.Embedded {
		list = append(list, doctor.Redis(func(ctx context.Context) (kv.Server, error) { return kv.Inspect(ctx, s.redis) }))
	}
	return append(list,
		doctor.Room(
			doctor.Folder{Path: filepath.Dir(s.cfg.StopsLog()), For: "the database, its backups and stops.log", Little: littleData, Least: leastData},
			doctor.Folder{Path: os.TempDir(), For: "large tables that are sorted", Little: littleTemp},
		),
		doctor.Limits(maxConnections, leastMemory))
}

// clocks are those that have to agree with this server's.
func (s surroundings) clocks() []doctor.Clock {
	list := []doctor.Clock{{Of: "WeChat", Limit: 5 * time.Minute, Harm: "messages of residents are refused", Read: doctor.HTTPDate(s.cfg.WeChat.API + "/")}}
	if s.sms != nil {
		list = append(list, doctor.Clock{Of: "Alibaba Cloud SMS", Limit: 15 * time.Minute, Harm: "every call is refused", Read: doctor.HTTPDate(s.cfg.SMS.Endpoint + "/")})
	}
	const leases = "leases of other servers seem over, and what they send is sent again or stands still"
	if s.redis != nil && s.cfg.Redis != kv.Embedded {
		list = append(list, doctor.Clock{Of: "Redis", Limit: 5 * time.Minute, Harm: leases, Read: func(ctx context.Context) (time.Time, error) { return kv.Clock(ctx, s.redis) }})
	}
	if s.database != nil && !isSQLite(s.cfg.Database) {
		list = append(list, doctor.Clock{Of: "PostgreSQL", Limit: 5 * time.Minute, Harm: leases, Read: s.database})
	}
	return list
}

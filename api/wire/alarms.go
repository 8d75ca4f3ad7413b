package wire

import "time"

// Alarm is a kind of trouble that admins must look at.
type Alarm struct {
	Kind        string    `json:"kind" doc:"The kind of alarm, such as sms-stops"`
	Label       string    `json:"label" doc:"kind in Chinese"`
	Detail      string    `json:"detail" doc:"What is wrong and what to do, in Chinese"`
	Since       time.Time `json:"since"`
	Last        time.Time `json:"last"`
	Count       int       `json:"count" doc:"How often it was raised since then"`
	AckedAt     time.Time `json:"acknowledged_at,omitzero"`
	AckedBy     string    `json:"acknowledged_by,omitempty"`
	AckedByName string    `json:"acknowledged_by_name,omitempty"`
	CausedBy    []string  `json:"caused_by,omitempty" doc:"Whose acts raised it, as the audit log names them: another must acknowledge it"`
	CausedNames []string  `json:"caused_by_names,omitempty"`
}
